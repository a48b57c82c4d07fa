import { describe, expect, it } from 'vitest';
import { toHex } from '../../base/hex.ts';
import type { About } from '../ask.ts';
import { asksOf, fakeWorld, HOST, type, WEB_SERVER } from '../fake-world.ts';

type World = ReturnType<typeof fakeWorld>;

function worldWith(about: Partial<About>): World {
  const world = fakeWorld();
  world.about = { ...HOST, ...about };
  return world;
}
/** The one send of a line. */
function sent(line: string, world = fakeWorld()): object | undefined {
  expect(type(world, line)).toMatchObject({ status: 0, output: '' });
  expect(asksOf(world, 'send').length + asksOf(world, 'send_pfn').length).toBe(1);
  const [send] = asksOf(world, 'send');
  const [pfn] = asksOf(world, 'send_pfn');
  return send ? { ...send, payload: send.payload && toHex(send.payload) } : pfn;
}

describe('mk raw', () => {
  const raw = (line: string): object | undefined => {
    const world = fakeWorld();
    expect(type(world, line)).toMatchObject({ status: 0, output: '' });
    const [ask] = asksOf(world, 'send_raw');
    return ask && { ...ask, bytes: ask.bytes && toHex(ask.bytes) };
  };

  it.each([
    ['mk raw web-server 0x1000 c0ffee', { id: 2, type: 0x1000, bytes: 'c0ffee', length: 3 }],
    ['mk raw 5 system', { id: 5, type: 0x3000, bytes: null, length: 0 }],
    ['mk raw 2 0x100001000 --len 257', { type: 0x1_0000_1000, bytes: null, length: 257 }],
    ['mk raw 2 io 0x00 --cpu 6 --hold', { cpu: 6, hold: true }],
  ])('asks the kernel as typed: %s', (line, ask) => {
    expect(raw(line)).toMatchObject({ call: 'send_raw', ...ask });
  });

  it.each([
    'mk raw',
    'mk raw web-server',
    'mk raw 2 0x1000000000000',
    'mk raw 2 io zz',
    'mk raw 2 io 00 --len 4',
    'mk raw 2 io 00 11',
  ])('refuses %s', (line) => {
    expect(type(fakeWorld(), line).status).toBe(2);
  });
});

describe('mk send', () => {
  const PLAIN = { call: 'send', id: 2, cpu: null, hold: false };

  it.each([
    ['web-server system heartbeat', { type: 0x3000, subtype: 0x3001, payload: null, length: 0 }],
    ['2 SYSTEM 0x3001', { type: 0x3000, subtype: 0x3001, payload: null, length: 0 }],
    [
      'web-server system heartbeat 0xa1a1a1a1',
      { type: 0x3000, subtype: 0x3001, payload: 'a1a1a1a1', length: 4 },
    ],
    ['web-server user 0x1 c0ffee', { type: 0x4000, subtype: 1, payload: 'c0ffee', length: 3 }],
    ['web-server 4096 12 0x', { type: 4096, subtype: 12, payload: '', length: 0 }],
    [
      'web-server io cpu-add --len 32',
      { type: 0x1000, subtype: 0x2001, payload: null, length: 32 },
    ],
    ['web-server user 0 --len=4294967295', { payload: null, length: 4294967295 }],
    ['web-server system shutdown --cpu 6 --hold', { cpu: 6, hold: true }],
    ['--cpu=1 web-server resource query', { type: 0x2000, subtype: 0x2005, cpu: 1 }],
  ])('asks the kernel as typed: %s', (line, message) => {
    expect(sent(`mk send ${line}`)).toMatchObject({ ...PLAIN, ...message });
  });

  it('knows the host by name and instances by number', () => {
    expect(sent('mk send host system heartbeat')).toMatchObject({ id: 0 });
    expect(sent('mk send 77 system heartbeat')).toMatchObject({ id: 77 });
    const named = worldWith({ instances: [{ ...WEB_SERVER, name: 'host', id: 9 }] });
    expect(sent('mk send host user 1', named)).toMatchObject({ id: 9 });
  });

  it('sends numbers of pages', () => {
    expect(sent('mk send web-server pfn 0x80000 --cpu 3')).toEqual({
      call: 'send_pfn',
      id: 2,
      pfn: 0x80000,
      cpu: 3,
      hold: false,
    });
  });

  it('sends pages in fewer words too', () => {
    expect(sent('mk pfn --hold web-server 0x80000')).toMatchObject({ pfn: 0x80000, hold: true });
    expect(type(fakeWorld(), 'mk pfn web-server').output).toMatch(/PFN is missing\nusage: mk pfn/);
    expect(type(fakeWorld(), 'mk pfn nobody 1').output).toBe('mk: pfn: no instance `nobody`\n');
  });

  it('says the errno by name and number, with status 1', () => {
    const world = fakeWorld();
    world.rets.send = -19;
    expect(type(world, 'mk send web-server system heartbeat')).toMatchObject({
      status: 1,
      output: 'mk: send to web-server: -ENODEV (-19)\n',
    });
    world.rets.send_pfn = -22;
    expect(type(world, 'mk send 9 pfn 1').output).toBe('mk: send to instance 9: -EINVAL (-22)\n');
  });

  it.each([
    ['mk send web-server system heartbeat --cpu 4', 'send', 'send to web-server'],
    ['mk send web-server pfn 1 --cpu 99', 'send_pfn', 'send to web-server'],
    ['mk bell web-server --cpu 99', 'bell', 'bell web-server'],
    ['mk listen system --cpu 99', 'listen', 'listen system (0x3000)'],
  ] as const)('says that a CPU is not there: %s', (line, call, what) => {
    const world = fakeWorld();
    world.rets[call] = -6;
    expect(type(world, line).output).toBe(
      `mk: ${what}: -ENXIO (-6): that CPU is not online in this kernel\n`,
    );
  });

  it('from a spawned kernel says why it can only fail, unless it is glued', () => {
    const world = worldWith({ kernel: 'web-server', isHost: false });
    world.rets.send = -22;
    expect(type(world, 'mk send host system heartbeat 0x01')).toMatchObject({
      status: 1,
      output: 'mk: send to host: -EINVAL (-22): a spawned kernel of v2 knows nobody to send to\n',
    });
    world.about = { ...world.about, glue: ['two-way'] };
    expect(type(world, 'mk send host system heartbeat').output).toBe(
      'mk: send to host: -EINVAL (-22)\n',
    );
  });

  it.each([
    ['', 'NAME is missing'],
    ['web-server', 'TYPE is missing'],
    ['web-server system', 'SUBTYPE is missing'],
    ['web-server pfn', 'PFN is missing'],
    ['web-server pfn 1 2', 'what is `2` for?'],
    ['web-server system heartbeat 00 11', 'what is `11` for?'],
    [
      'web-server sytem heartbeat',
      'no type `sytem`; did you mean system? (io, resource, system, user or a number)',
    ],
    [
      'web-server system heratbeat',
      'no subtype `heratbeat`; did you mean heartbeat? (a word such as heartbeat, or a number)',
    ],
    ['web-server 0x100000000 1', 'no type `0x100000000` (io, resource, system, user or a number)'],
    ['web-server user 1 0x1', 'a payload is whole bytes in hexadecimal, such as 0xa1b2, not `0x1`'],
    ['web-server user 1 xyz', 'a payload is whole bytes in hexadecimal, such as 0xa1b2, not `xyz`'],
    ['web-server user 1 00 --len 2', 'a payload has its own length, so --len goes without one'],
    ['web-server user 1 --len x', '--len is a whole number from 0 to 4294967295, not `x`'],
    ['web-server pfn 1 --len 2', 'a page number has no --len'],
    ['web-server pfn x', 'PFN is a whole number from 0 to 1099511627775, not `x`'],
    ['web-server user 1 --cpu x', '--cpu is a whole number from 0 to 65535, not `x`'],
    ['web-server user 1 --cup 1', 'there is no option --cup'],
  ])('refuses %j with a line and its usage', (line, why) => {
    const world = fakeWorld();
    const { status, output } = type(world, `mk send ${line}`);
    expect(status).toBe(2);
    expect(output).toMatch(/\nusage: mk send NAME\|ID TYPE SUBTYPE/);
    expect(output.split('\n')[0]).toBe(`mk: send: ${why}`);
    expect(asksOf(world, 'send')).toEqual([]);
  });

  it('refuses a name nobody has, with status 1', () => {
    expect(type(fakeWorld(), 'mk send web-sever system heartbeat')).toMatchObject({
      status: 1,
      output: 'mk: send: no instance `web-sever`; did you mean web-server?\n',
    });
  });
});

describe('the helpers of the kernel', () => {
  it.each([
    ['irq-forward web-server 24 0x31 7 1', 0x1000, 0x1001, '18000000310000000700000001000000'],
    ['forward-irq web-server 1 2 3 4', 0x1000, 0x1001, '01000000020000000300000004000000'],
    ['cpu-add web-server 5 0 4', 0x2000, 0x2001, '050000000000000004000000'],
    ['cpu-remove web-server 5', 0x2000, 0x2002, '050000000000000000000000'],
    [
      'mem-add 2 0x80000 16 1 2',
      0x2000,
      0x2003,
      '000008000000000010000000000000000100000002000000',
    ],
    [
      'mem-remove web-server 0xffffffffff 1',
      0x2000,
      0x2004,
      `ffffffffff0000000100000000000000${'0'.repeat(16)}`,
    ],
  ])('mk %s sends its struct', (line, type_, subtype, payload) => {
    expect(sent(`mk ${line} --cpu 2`)).toEqual({
      call: 'send',
      id: 2,
      type: type_,
      subtype,
      payload,
      length: payload.length / 2,
      cpu: 2,
      hold: false,
    });
  });

  it.each([
    ['cpu-add', 'NAME is missing'],
    ['cpu-add web-server 5', 'NODE is missing'],
    ['cpu-remove web-server 5 6', 'what is `6` for?'],
    [
      'cpu-add web-server 4294967296 0 0',
      'CPU is a whole number from 0 to 4294967295, not `4294967296`',
    ],
    ['cpu-remove web-server 5 --len 3', 'its payload has one length, so there is no --len'],
  ])('mk %s is wrong usage', (line, why) => {
    expect(type(fakeWorld(), `mk ${line}`)).toMatchObject({
      status: 2,
      output: expect.stringContaining(`: ${why}\nusage: mk `) as string,
    });
  });

  it('say the errno, and who is unknown', () => {
    const world = fakeWorld();
    world.rets.send = -90;
    expect(type(world, 'mk cpu-remove web-server 5').output).toBe(
      'mk: send to web-server: -EMSGSIZE (-90)\n',
    );
    expect(type(world, 'mk cpu-remove nobody 5')).toMatchObject({ status: 1 });
  });
});

describe('mk flood', () => {
  it('sends messages in rounds from CPUs in turn, and shows how far it is', () => {
    const world = fakeWorld();
    const { status, output } = type(world, 'mk flood web-server --count 40 --rate 1000 --from 1,6');
    expect(status).toBe(0);
    expect(output).toMatch(/\r\[#{20}\] 40 of 40\n40 sent, 0 refused\n$/);
    expect(output.split('\r')).toHaveLength(21);
    const rounds = asksOf(world, 'flood');
    expect(rounds.map(({ first }) => first)).toEqual(Array.from({ length: 20 }, (_, i) => 2 * i));
    expect(rounds.slice(0, 3).map(({ cpu }) => cpu)).toEqual([1, 6, 1]);
    expect(new Set(rounds.map(({ count, gapNs }) => `${count} ${gapNs}`))).toEqual(
      new Set(['2 1000000']),
    );
  });

  it('has no round so long that nobody could stop it', () => {
    const world = fakeWorld();
    expect(type(world, 'mk flood web-server --count 100001').output).toMatch(/100001 sent, 0 ref/);
    expect(Math.max(...asksOf(world, 'flood').map(({ count }) => count))).toBe(200);
  });

  it('counts what is refused, and says why once', () => {
    const world = fakeWorld();
    world.rets.flood = -19;
    const { status, output } = type(world, 'mk flood 7');
    expect(status).toBe(1);
    expect(output.match(/-ENODEV \(-19\)/g)).toHaveLength(1);
    expect(output).toMatch(/\n0 sent, 100 refused\n$/);
  });

  it.each(['', 'web-server --count 0', 'web-server --rate x', 'web-server --from a', '7 | cat'])(
    'refuses %j',
    (line) => {
      const world = fakeWorld();
      expect(type(world, `mk flood ${line}`).output).toMatch(/usage: mk flood/);
      expect(asksOf(world, 'flood')).toEqual([]);
    },
  );

  it('of nobody fails', () => {
    expect(type(fakeWorld(), 'mk flood nobody')).toMatchObject({ status: 1 });
  });
});

describe('mk listen', () => {
  it('registers and removes a handler', () => {
    const world = fakeWorld();
    expect(type(world, 'mk listen system').output).toBe('listening to system (0x3000)\n');
    expect(type(world, 'mk listen pfn').output).toBe('listening to pfn (0x80000001)\n');
    expect(type(world, 'mk unlisten 0x1234').output).toBe('no longer listening to 0x1234\n');
    expect(world.asked).toEqual([
      { call: 'listen', type: 0x3000 },
      { call: 'listen', type: 'pfn' },
      { call: 'unlisten', type: 0x1234 },
    ]);
  });

  it.each([
    ['mk listen system --once', { as: 'once' }],
    ['mk listen system --keep --cpu 3', { as: 'keep', cpu: 3 }],
    ['mk listen --trust system', { as: 'trust' }],
    ['mk listen system --reply web-server', { as: 'reply', id: 2 }],
    ['mk listen system --reply 0', { as: 'reply', id: 0 }],
  ])('registers other handlers: %s', (line, more) => {
    const world = fakeWorld();
    expect(type(world, line)).toMatchObject({
      status: 0,
      output: 'listening to system (0x3000)\n',
    });
    expect(asksOf(world, 'listen')).toEqual([{ call: 'listen', type: 0x3000, ...more }]);
  });

  it('holds a registration for a schedule, and says nothing yet', () => {
    const world = fakeWorld();
    expect(type(world, 'mk listen user --cpu 1 --hold').output).toBe('');
    expect(asksOf(world, 'listen')).toEqual([{ call: 'listen', type: 0x4000, cpu: 1, hold: true }]);
  });

  it.each([
    ['mk listen system --once --keep', 'one of'],
    ['mk listen pfn --trust', 'plain handler'],
    ['mk listen system --reply', '--reply needs an argument'],
    ['mk unlisten system --once', 'no option'],
  ])('refuses %s', (line, why) => {
    const world = fakeWorld();
    const { status, output } = type(world, line);
    expect(status).toBe(2);
    expect(output).toContain(why);
    expect(asksOf(world, 'listen')).toEqual([]);
  });

  it('answers nobody it does not know', () => {
    const { status, output } = type(fakeWorld(), 'mk listen system --reply nobody');
    expect([status, output.includes('no instance')]).toEqual([1, true]);
  });

  it('says why not', () => {
    const world = fakeWorld();
    world.rets.listen = -17;
    world.rets.unlisten = -2;
    expect(type(world, 'mk listen system')).toMatchObject({
      status: 1,
      output: 'mk: listen system (0x3000): -EEXIST (-17)\n',
    });
    expect(type(world, 'mk unlisten io').output).toBe('mk: unlisten io (0x1000): -ENOENT (-2)\n');
    expect(type(world, 'mk listen').status).toBe(2);
    expect(type(world, 'mk listen everything').status).toBe(2);
  });
});

describe('mk stats, handlers and slots', () => {
  it('count', () => {
    expect(type(fakeWorld(), 'mk stats').output).toBe(
      'sent        3\nhandled     2\nlost        1\n',
    );
    expect(type(fakeWorld(), 'mk stats now').status).toBe(2);
  });

  it('tell who listens', () => {
    expect(type(fakeWorld(), 'mk handlers').output).toBe('no handlers\n');
    const world = worldWith({
      handlers: [
        { type: 0x3000, what: 'console' },
        { type: 0x80000001, what: 'pfn' },
      ],
    });
    expect(type(world, 'mk handlers').output).toBe(
      'TYPE             HANDLER\nsystem (0x3000)  console\n0x80000001       pfn\n',
    );
  });

  /** A slot as `mk_ipi_data` lays it out, with a message in it. */
  function slotWith(
    type_: number,
    subtype: number,
    payload: readonly number[],
    claimed = payload.length,
  ): Uint8Array {
    const bytes = new Uint8Array(272);
    const view = new DataView(bytes.buffer);
    view.setInt32(0, 6, true);
    view.setUint32(4, type_, true);
    view.setBigUint64(8, BigInt(24 + payload.length), true);
    view.setUint32(16, type_, true);
    view.setUint32(20, subtype, true);
    view.setUint32(32, claimed, true);
    bytes.set(payload, 36);
    return bytes;
  }
  const area = (...bytes: readonly Uint8Array[]): World =>
    worldWith({
      areas: [
        {
          instance: 'web-server',
          start: 0x8000_0000,
          slots: bytes.map((one, slot) => ({ slot, bytes: one })),
        },
      ],
    });

  it('show what slots hold', () => {
    const world = area(slotWith(0x3000, 0x3002, [0xb2, 0xb2]), new Uint8Array(272));
    expect(type(world, 'mk slots').output).toBe(
      'web-server: receive area at 0x80000000, 2 slots\n' +
        'SLOT  FROM  TYPE             SUBTYPE            SIZE  PAYLOAD\n' +
        '0     cpu6  system (0x3000)  shutdown (0x3002)  26    b2b2\n',
    );
    expect(type(world, 'mk slots -a web-server').output).toContain('\n1     -\n');
  });

  it('show long payloads in part, and no message where there is none', () => {
    const long = slotWith(0x4000, 1, Array(40).fill(1) as number[]);
    expect(type(area(long), 'mk slots').output).toContain(`${'01'.repeat(16)}...\n`);
    const pfn = slotWith(0x80000001, 0, []);
    expect(type(area(pfn), 'mk slots').output).toContain('0     cpu6  0x80000001  -        24\n');
    const lying = slotWith(0x3000, 1, [], 4000);
    expect(type(area(lying), 'mk slots').output).toMatch(/system \(0x3000\) {2}- /);
  });

  it('say when there is nothing', () => {
    expect(type(fakeWorld(), 'mk slots').output).toBe('no receive areas\n');
    expect(type(area(new Uint8Array(272)), 'mk slots').output).toContain('all empty\n');
    expect(type(area(new Uint8Array(272)), 'mk slots web').output).toBe(
      'mk: slots: no receive area of `web`\n',
    );
  });
});
