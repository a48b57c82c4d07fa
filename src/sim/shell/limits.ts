/** Characters of a typed line. */
export const LINE_MAX = 4096;
/** Commands in one line, pipes and lists together. */
export const COMMANDS_MAX = 256;
/** Words of one command once patterns such as `*` stand for names. */
export const WORDS_MAX = 20_000;
/** Bytes one command may hand to the next, or to a file. */
export const PIPE_BYTES_MAX = 16 * 1024 * 1024;
/** Characters a line may leave on the console; the rest is cut and said to be. */
export const OUTPUT_MAX = 1024 * 1024;
/** Characters kept of an endless command's output whenever it starts over. */
export const OUTPUT_KEPT = 64 * 1024;
/** Asks between two fresh starts of a line: each is kept, to go back in time. */
export const ASKS_MAX = 25_000;
/** Lines of history. */
export const HISTORY_MAX = 500;
/** Longest time a command can be told to wait, in seconds of simulated time. */
export const SLEEP_MAX_S = 3600;
