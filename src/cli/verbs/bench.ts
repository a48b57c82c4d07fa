import { WrongUsage, type Io } from '../verb.ts';

/** `bench NAME …`: measures one thing and says so in one JSON line. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  switch (name) {
    case 'messages':
      return (await import('../bench/messages.ts')).benchMessages(rest, io);
    case 'fdt':
      return (await import('../bench/fdt.ts')).benchFdt(rest, io);
    case 'explore':
      return (await import('../bench/explore.ts')).benchExplore(rest, io);
    case 'seek':
      return (await import('../bench/seek.ts')).benchSeek(rest, io);
    default:
      throw new WrongUsage('which benchmark: messages, fdt, explore or seek');
  }
}
