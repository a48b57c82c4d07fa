import type { Answer, Answers } from './names.ts';

/**
 * A moment of a run made up for tests: a host and `web-server`, which handled one of two messages
 * whole. Whatever is given in `changes` is different.
 */
export function fakeAnswers(changes: Partial<Answers> = {}): Answers {
  return {
    stats: () => STATS,
    time_ns: () => 123_456,
    step: () => 789,
    hazards: () => 1,
    cpu: (n) => (n < 0 || n > 7 ? undefined : cpu(n)),
    kernel: (name) => KERNELS[name],
    instance: (name) => (name === OWN.name ? { ...OWN, state: 'loading', refcount: 3 } : undefined),
    slot: (kernel) =>
      kernel === OWN.name
        ? {
            sender_cpu: 1,
            type: 0x3000,
            data_size: 28,
            msg_type: 0x3000,
            msg_subtype: 0x3001,
            payload_len: 4,
            payload: 'a1a1a1a1',
          }
        : undefined,
    memory: (address, length) => (address < 2 ** 32 ? '00'.repeat(length) : undefined),
    logged: (kernel, key) =>
      kernel === OWN.name ? (key === 'ipi.received' ? 1 : 0) : kernel === 'host' ? 0 : undefined,
    status: (kernel) => (kernel === 'host' ? 0 : undefined),
    output: (kernel) => (kernel === 'host' ? '2 web-server ready\n' : undefined),
    hazard: (id) => (id === 'H2' ? 1 : id === 'H3' ? 0 : undefined),
    message: (n) =>
      n === 1 || n === 2
        ? {
            id: n,
            from_cpu: n === 1 ? 1 : 6,
            to: 'web-server',
            type: 0x3000,
            subtype: 0x3001,
            payload: n === 1 ? 'a1a1a1a1' : 'b2b2b2b2',
            outcome: n === 1 ? 'lost' : 'whole',
          }
        : undefined,
    known: (kind) =>
      ({
        cpu: [0, 1, 2, 3, 4, 5, 6, 7],
        kernel: ['host', 'web-server'],
        instance: ['web-server'],
        hazard: ['H2', 'H3'],
        message: [1, 2],
      })[kind],
    ...changes,
  };
}

const STATS = {
  sent: 2,
  handled: 1,
  whole: 1,
  lost: 1,
  torn: 0,
  phantom: 0,
  duplicated: 0,
  merged: 1,
};
const OWN = {
  id: 2,
  name: 'web-server',
  state: 'ready',
  memory_bytes: 0x10000000,
  cpus: [4, 5],
  dtb_size: 345,
};

const cpu = (n: number): Answer<'Cpu'> => ({
  id: n,
  apic: n,
  owner: n === 4 ? 'web-server' : n === 5 ? '' : 'host',
  mode: n === 4 ? 'interrupt' : 'idle',
  interrupts_on: n !== 4,
  online: n !== 5,
  irr: n === 4 ? [0xea, 0xf6] : [],
  isr: [],
  routine: n === 1 ? 'mk_send_message' : '',
  step: n === 1 ? 'icr' : '',
  interrupts: n === 4 ? 1 : 0,
  stores: 0,
});

const KERNELS: Readonly<Record<string, Answer<'Kernel'>>> = {
  host: {
    name: 'host',
    running: true,
    boot_cpu: 0,
    cpus: [0, 1, 2, 3, 6, 7],
    handled: 0,
    sent: 2,
    interrupts: 0,
    waiting: 0,
    sender_lock: -1,
    instance: undefined,
  },
  'web-server': {
    name: 'web-server',
    running: true,
    boot_cpu: 4,
    cpus: [4],
    handled: 1,
    sent: 0,
    interrupts: 1,
    waiting: 0,
    sender_lock: -1,
    instance: OWN,
  },
};
