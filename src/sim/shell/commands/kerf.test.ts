import { describe, expect, it } from 'vitest';
import { decompile } from '../../fdt/compile.ts';
import type { About } from '../ask.ts';
import { asksOf, fakeWorld, HOST, type, unmountedWorld, WEB_SERVER } from '../fake-world.ts';
import { newShell } from '../state.ts';

type World = ReturnType<typeof fakeWorld>;
type Instance = About['instances'][number];

/** A world whose instance is in that state, with what differs from {@link HOST}. */
function worldIn(state: string, about: Partial<About> = {}): World {
  const world = fakeWorld();
  world.about = { ...HOST, instances: [{ ...WEB_SERVER, state }], ...about };
  return world;
}
const NOT_MOUNTED =
  '/sys/fs/multikernel/instances: -ENOENT (-2); first: mount -t multikernel none /sys/fs/multikernel\n';

describe('kerf', () => {
  it('has statuses: 2 for wrong usage, 1 for what cannot be done, 3 for files', () => {
    expect(type(fakeWorld(), 'kerf').status).toBe(2);
    expect(type(fakeWorld(), 'kerf lod').output).toMatch(
      /^kerf: no verb `lod`; did you mean load\?\n/,
    );
    expect(type(fakeWorld(), 'kerf show nope').status).toBe(1);
    expect(type(fakeWorld(), 'kerf load web-server -k nope').status).toBe(3);
  });

  it.each(['load --kernel=/boot/vmlinuz', 'exec', 'kill', 'unload', 'delete', 'console'])(
    '%s needs a name or an id, and one that exists',
    (verb) => {
      const run = (args: string): ReturnType<typeof type> =>
        type(fakeWorld(), `kerf ${verb} ${args}`);
      const name = verb.split(' ')[0];
      expect(run('')).toMatchObject({
        status: 2,
        output: expect.stringMatching(
          `^kerf: ${name}: NAME or --id is needed\nusage: kerf ${name} `,
        ) as string,
      });
      expect(run('a b').status).toBe(2);
      expect(run('--id=0').status).toBe(2);
      expect(run('--id 512').status).toBe(2);
      expect(run('--id=9')).toMatchObject({
        status: 1,
        output: `kerf: ${name}: no instance with id 9\n`,
      });
      expect(run('web-sever').output).toBe(
        `kerf: ${name}: no instance web-sever; did you mean web-server?\n`,
      );
      expect(run('web-server --id=3').output).toBe(`kerf: ${name}: web-server has id 2, not 3\n`);
      expect(type(unmountedWorld(), `kerf ${verb} web-server`)).toMatchObject({
        status: 1,
        output: `kerf: ${name}: ${NOT_MOUNTED}`,
      });
    },
  );
});

describe('kerf load', () => {
  const load = (options: string, world = fakeWorld({ '/rd': 'initrd' })): World => {
    type(world, `kerf load ${options}`);
    return world;
  };
  const flagsOf = (world: World): number | undefined => asksOf(world, 'kexec_file_load')[0]?.flags;

  it.each([
    'web-server --kernel=/boot/vmlinuz',
    '--id 2 --kernel /boot/vmlinuz',
    '-k boot/vmlinuz --id=2',
  ])('hands image, command line and flags to the kernel: %s', (options) => {
    const world = load(`${options} --cmdline="console=ttyS0 a"`);
    expect(asksOf(world, 'kexec_file_load')).toEqual([
      {
        call: 'kexec_file_load',
        kernel: world.files.get('/boot/vmlinuz'),
        initrd: null,
        cmdline: 'console=ttyS0 a',
        flags: 0x54,
      },
    ]);
  });

  it('composes the flags from the id, the initrd and --debug', () => {
    expect(flagsOf(load('web-server -k /boot/vmlinuz -i rd'))).toBe(0x50);
    expect(flagsOf(load('web-server -k /boot/vmlinuz --debug'))).toBe(0x5c);
    const far = worldIn('ready', { instances: [{ ...WEB_SERVER, id: 511 }] });
    expect(flagsOf(load('web-server -k /boot/vmlinuz', far))).toBe(0x3fe0 | 0x14);
  });

  it('tells what was loaded, and the flags when asked', () => {
    expect(type(fakeWorld(), 'kerf load web-server -k /boot/vmlinuz -v').output).toBe(
      'flags 0x54\nweb-server (id 2): /boot/vmlinuz is loaded, 6 bytes\n',
    );
  });

  it('says the errno of the kernel, or which file is missing', () => {
    const world = fakeWorld();
    world.rets.kexec_file_load = -16;
    expect(type(world, 'kerf load web-server -k /boot/vmlinuz')).toMatchObject({
      status: 1,
      output: 'kerf: load web-server: -EBUSY (-16)\n',
    });
    expect(type(world, 'kerf load web-server -k nope').output).toBe(
      'kerf: load: nope: -ENOENT (-2)\n',
    );
    expect(type(world, 'kerf load web-server -k /boot/vmlinuz -i nope').status).toBe(3);
  });

  it.each([
    ['web-server', 2],
    ['web-server -k a --image x --rootfs-dir y --entrypoint z', 2],
    ['web-server -k a --rootfs-dir y', 2],
    ['web-server -k a --entrypoint y', 2],
    ['web-server -k a --wrong', 2],
    ['web-server -k', 2],
    ['web-server -k a --image x', 1],
    ['web-server -k a --ip dhcp', 1],
  ])('refuses %s with status %i', (options, status) => {
    expect(type(fakeWorld(), `kerf load ${options}`).status).toBe(status);
  });
});

describe('kerf exec', () => {
  it('starts what is loaded', () => {
    const world = worldIn('loaded', { glue: [] });
    expect(type(world, 'kerf exec web-server').output).toBe('web-server (id 2): started\n');
    expect(asksOf(world, 'reboot')).toEqual([{ call: 'reboot', cmd: 0x4d4b4c49, id: 2 }]);
  });

  it('takes loading for loaded with the glue for it, and only then', () => {
    expect(type(worldIn('loading'), 'kerf exec --id=2').status).toBe(0);
    const bare = worldIn('loading', { glue: [] });
    expect(type(bare, 'kerf exec --id=2')).toMatchObject({
      status: 1,
      output:
        'kerf: exec web-server: it is loading, and kerf starts only what is loaded (the glue kerf-loading is off)\n',
    });
    expect(asksOf(bare, 'reboot')).toEqual([]);
  });

  it.each(['empty', 'ready', 'active', 'failed'])('refuses what is %s', (state) => {
    expect(type(worldIn(state), 'kerf exec web-server')).toMatchObject({
      status: 1,
      output: `kerf: exec web-server: it is ${state}; load a kernel first\n`,
    });
  });

  it('says the errno of the kernel', () => {
    const world = worldIn('loading');
    world.rets.reboot = -22;
    expect(type(world, 'kerf exec web-server').output).toBe(
      'kerf: exec web-server: -EINVAL (-22)\n',
    );
    expect(type(world, 'kerf exec web-server --console').status).toBe(1);
  });
});

describe('kerf show', () => {
  it('lists instances, or one in full', () => {
    expect(type(fakeWorld(), 'kerf show').output).toBe(
      'NAME        ID  STATUS  CPUS  MEMORY\nweb-server  2   ready   4,5   256 MiB\n',
    );
    expect(type(fakeWorld(), 'kerf show web-server').output).toBe(
      'name        web-server\nid          2\nstatus      ready\ncpus        4,5\n' +
        'memory      256 MiB\nimage       none\nreferences  1\n',
    );
    expect(type(fakeWorld(), 'kerf show -v').output).toContain('references  1\n');
    expect(type(fakeWorld(), 'kerf show web').output).toBe('kerf: show: no instance web\n');
    expect(type(unmountedWorld(), 'kerf show').output).toBe(`kerf: show: ${NOT_MOUNTED}`);
  });

  it('shows a dash for nothing', () => {
    const bare = { ...WEB_SERVER, cpus: [], memoryBytes: 0, loaded: true };
    expect(type(worldIn('', { instances: [bare] }), 'kerf show').output).toContain(
      'ready   -     -\n',
    );
    expect(type(worldIn('', { instances: [bare] }), 'kerf show web-server').output).toContain(
      'image       loaded\n',
    );
    expect(type(worldIn('', { instances: [] }), 'kerf show').output).toBe('no instances\n');
  });
});

describe('kerf create', () => {
  /** A world in which the instance is there once the tree was written. */
  function creating(name: string, extra: Partial<Instance> = {}): World {
    const world = fakeWorld({
      '/proc/iomem': '80000000-bfffffff : Multikernel Memory Pool\n  80000000-8fffffff : x\n',
    });
    const set = world.files.set.bind(world.files);
    world.files.set = (path, bytes) => {
      if (path.endsWith('device_tree'))
        world.about = {
          ...HOST,
          instances: [...HOST.instances, { ...WEB_SERVER, name, ...extra }],
        };
      return set(path, bytes);
    };
    return world;
  }
  const textOf = (world: World): string => {
    const bytes = asksOf(world, 'write')[0]?.bytes;
    return bytes ? (decompile(bytes).text ?? '') : '';
  };

  it('writes a device tree v2 understands', () => {
    const world = creating('db');
    expect(type(world, 'kerf create db --id=7 --cpus=6-7 --memory=512MB')).toMatchObject({
      status: 0,
      output: 'db (id 7): created\n',
    });
    expect(asksOf(world, 'write')[0]).toMatchObject({
      path: '/sys/fs/multikernel/device_tree',
      append: false,
    });
    expect(textOf(world).replaceAll(/\s+/g, ' ')).toBe(
      '/dts-v1/; / { compatible = "multikernel-v1"; instances { db { id = <0x07>; ' +
        'resources { cpus = <0x06 0x07>; memory-bytes = <0x20000000>; }; }; }; }; ',
    );
  });

  it('takes the lowest free id, and CPUs side by side, when none are named', () => {
    const world = creating('db');
    const line = 'kerf create db --cpu-count 2 -m 4KB --cpu-affinity=spread -v';
    expect(type(world, line).output).toBe('db: id 1, cpus 1,2, memory 4 KiB\ndb (id 1): created\n');
    const four = creating('db');
    expect(type(four, 'kerf create db --cpu-count=4 -m 4096 -v').output).toContain('cpus 1,2,3,6');
  });

  it('only tells with --dry-run', () => {
    const world = creating('db');
    expect(type(world, 'kerf create db --cpus 6,3 --memory 512MB --dry-run').output).toBe(
      'db: id 1, cpus 6,3, memory 512 MiB\n',
    );
    expect(asksOf(world, 'write')).toEqual([]);
  });

  it.each([
    ['web-server --cpus=6 --memory=1MB', 'there is an instance web-server already (id 2)'],
    ['db --id=2 --cpus=6 --memory=1MB', 'id 2 belongs to web-server'],
    ['db --cpus=3-4 --memory=1MB', 'CPU 4 belongs to web-server; free are 1-3,6-7'],
    ['db --cpus=8 --memory=1MB', 'there is no CPU 8; free are 1-3,6-7'],
    ['db --cpu-count=6 --memory=1MB', 'there are not 6 CPUs left to give'],
    ['db --cpus=6 --memory=4GB', 'memory-bytes of v2 has 32 bits, 4 GiB do not fit'],
    ['db --cpus=6 --memory=1GB', 'the pool has 768 MiB left, not 1 GiB'],
    [
      'db --cpus=6 --memory=1MB --cpu-affinity=local',
      'this machine tells no topology to be local in',
    ],
    [
      'db --cpus=6 --memory=1MB --memory-base=0x80000000',
      'the device tree of v2 has no place for --memory-base',
    ],
    ['db --cpus=6 --memory=1MB --devices=eth0', 'the device tree of v2 has no place for --devices'],
  ])('refuses %s with status 1', (options, why) => {
    const world = creating('db');
    expect(type(world, `kerf create ${options}`)).toMatchObject({
      status: 1,
      output: `kerf: create: ${why}\n`,
    });
    expect(asksOf(world, 'write')).toEqual([]);
  });

  it.each([
    '--cpus=1 --memory=1MB',
    'db --memory=1MB',
    'db --cpus=1 --cpu-count=1 --memory=1MB',
    'db --cpus=1',
    'db --cpus=3-1 --memory=1MB',
    'db --cpus=a --memory=1MB',
    'db --cpus=1-2-3 --memory=1MB',
    'db --cpu-count=0 --memory=1MB',
    'db --cpus=1 --memory=lots',
    'db --cpus=1 --memory=1MB --id=512',
    'db --cpus=1 --memory=1MB --cpu-affinity=near',
    'db other --cpus=1 --memory=1MB',
    '"a/b" --cpus=1 --memory=1MB',
    `${'x'.repeat(32)} --cpus=1 --memory=1MB`,
  ])('takes %s for wrong usage', (options) => {
    expect(type(creating('db'), `kerf create ${options}`).status).toBe(2);
  });

  it('says when the kernel took the tree and made nothing of it', () => {
    expect(type(fakeWorld(), 'kerf create db --cpus=6 --memory=1')).toMatchObject({
      status: 1,
      output: 'kerf: create db: the kernel took the tree and made no instance; see dmesg\n',
    });
    const refusing = fakeWorld();
    refusing.writeRets.set('/sys/fs/multikernel/device_tree', -22);
    expect(type(refusing, 'kerf create db --cpus=6 --memory=1MB').output).toBe(
      'kerf: create db: -EINVAL (-22)\n',
    );
    expect(type(unmountedWorld(), 'kerf create db --cpus=6 --memory=1MB').status).toBe(1);
  });

  it('finds no id when all are taken, and no free CPU when none is', () => {
    const instances = Array.from({ length: 511 }, (_, i) => ({ ...WEB_SERVER, id: i + 1 }));
    expect(type(worldIn('', { instances }), 'kerf create db --cpus=6 --memory=1MB').output).toBe(
      'kerf: create: all ids from 1 to 511 are taken\n',
    );
    const none = worldIn('', { cpus: [HOST.cpus[0]!] });
    expect(type(none, 'kerf create db --cpus=6 --memory=1MB').output).toBe(
      'kerf: create: there is no CPU 6; none is free\n',
    );
  });
});

describe('kerf init', () => {
  const DTS = '/dts-v1/; / { instances { }; };';

  it('mounts the files where they are not, and writes a tree', () => {
    const world = unmountedWorld();
    world.files.set('/w.dts', new TextEncoder().encode(DTS));
    expect(type(world, 'kerf init --input=w.dts').status).toBe(0);
    expect(asksOf(world, 'mount')).toHaveLength(1);
    const bytes = asksOf(world, 'write')[0]!.bytes;
    expect(decompile(bytes).text).toContain('instances {');
    world.files.set('/w.dtb', bytes);
    expect(type(world, 'kerf init -i w.dtb -v').output).toContain(`${bytes.length} bytes\n`);
    expect(asksOf(world, 'write')[1]!.bytes).toEqual(bytes);
    expect(asksOf(world, 'mount')).toHaveLength(1);
  });

  it('writes a baseline as later kernels take it, and shows what this one says', () => {
    const world = fakeWorld();
    world.writeRets.set('/sys/fs/multikernel/device_tree', -22);
    expect(type(world, 'kerf init --cpus=1-3 --memory=1GB -v')).toMatchObject({
      status: 1,
      output: expect.stringContaining(
        'kerf: init: /sys/fs/multikernel/device_tree: -EINVAL (-22)\n',
      ) as string,
    });
    const text = decompile(asksOf(world, 'write')[0]!.bytes).text;
    expect(text).toContain('memory-bytes = <0x00 0x40000000>');
  });

  it('refuses what is wrong before anything is written', () => {
    const world = fakeWorld({ '/bad.dts': '/dts-v1/; / {' });
    expect(type(world, 'kerf init')).toMatchObject({ status: 2 });
    expect(type(world, 'kerf init --cpus=1')).toMatchObject({ status: 2 });
    expect(type(world, 'kerf init -i a -c 1')).toMatchObject({ status: 2 });
    expect(type(world, 'kerf init -i bad.dts')).toMatchObject({
      status: 1,
      output: expect.stringMatching(/^bad\.dts:1/) as string,
    });
    expect(type(world, 'kerf init -i nope')).toMatchObject({ status: 3 });
    expect(type(world, 'kerf init -i nope --report')).toMatchObject({ status: 1 });
    expect(type(world, 'kerf init -c 1 -m 1GB --dry-run')).toMatchObject({ status: 0 });
    expect(asksOf(world, 'write')).toEqual([]);
  });

  it('says when it cannot mount', () => {
    const world = unmountedWorld();
    world.rets.mount = -19;
    expect(type(world, 'kerf init -c 1 -m 1GB').output).toBe(
      'kerf: init: mount /sys/fs/multikernel: -ENODEV (-19)\n',
    );
  });
});

describe('the end of an instance', () => {
  it('unload hands UNLOAD and the id to the kernel', () => {
    const world = worldIn('loading');
    expect(type(world, 'kerf unload web-server').output).toBe('web-server (id 2): unloaded\n');
    expect(asksOf(world, 'kexec_file_load')[0]).toMatchObject({ flags: 0x51, initrd: null });
    world.rets.kexec_file_load = -22;
    expect(type(world, 'kerf unload web-server').output).toBe(
      'kerf: unload web-server: -EINVAL (-22)\n',
    );
    expect(type(worldIn('ready'), 'kerf unload web-server').output).toBe(
      'kerf: unload web-server: it is ready, nothing is loaded\n',
    );
  });

  it('delete removes the folder, unless the kernel is against it', () => {
    const world = fakeWorld();
    world.folders.add('/sys/fs/multikernel/instances/web-server');
    expect(type(world, 'kerf delete web-server --dry-run').output).toBe(
      'web-server (id 2) would be removed\n',
    );
    expect(type(world, 'kerf delete web-server').output).toBe('web-server (id 2): removed\n');
    const busy = worldIn('loading');
    busy.rets.rmdir = -16;
    expect(type(busy, 'kerf delete web-server').output).toBe(
      'kerf: delete web-server: it is loading: -EBUSY (-16)\n',
    );
  });

  it('kill is more than v2 can do, and says so', () => {
    expect(type(worldIn('loading'), 'kerf kill web-server')).toMatchObject({
      status: 1,
      output: 'kerf: kill web-server: it is loading, not active; v2 has no halt: -EINVAL (-22)\n',
    });
    const forced = worldIn('loading');
    forced.rets.reboot = -22;
    expect(type(forced, 'kerf kill --force web-server').output).toBe(
      'kerf: kill web-server: v2 has no halt: -EINVAL (-22)\n',
    );
    expect(asksOf(forced, 'reboot')).toEqual([{ call: 'reboot', cmd: 0x4d4b4c46, id: 2 }]);
    expect(type(worldIn('loading'), 'kerf kill -f web-server').status).toBe(0);
  });

  it('update and console need what v2 has not', () => {
    expect(type(fakeWorld(), 'kerf update web-server --cpus=4-5 --memory=1GB')).toMatchObject({
      status: 1,
      output: 'kerf: update web-server: v2 has no /sys/fs/multikernel/overlays/new: -ENOENT (-2)\n',
    });
    expect(type(fakeWorld(), 'kerf update web-server --cpus=x').status).toBe(2);
    expect(type(fakeWorld(), 'kerf update').status).toBe(2);
    expect(type(fakeWorld(), 'kerf console web-server', newShell('host')).output).toBe(
      'kerf: console web-server: v2 has no mktty: -ENODEV (-19)\n',
    );
  });
});
