/**
 * fast-check as all tests use it. Where a machine judges a commit (`CI` is set) the cases are the
 * same each time, so that the same commit gets the same answer; everywhere else they are new ones
 * with every run. `PROPERTY_SEED=N` repeats the run that printed that seed.
 */
import fc from 'fast-check';

const { PROPERTY_SEED: wanted, CI: judged } = process.env;
if (wanted !== undefined) fc.configureGlobal({ seed: Number(wanted) });
else if (judged !== undefined) fc.configureGlobal({ seed: 20_251 });

export { fc };
