/** Text that was not saved when the editor closed, by what it was made from. */
export const drafts = new Map<string, string>();
