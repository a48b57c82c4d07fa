/** Whether a line is an address, which cannot be cut into lines. */
export const isLink = (line: string): boolean => /^(https?:\/\/|#)\S*$/.test(line);
