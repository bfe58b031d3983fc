import fc from 'fast-check';

/**
 * fast-check, whose properties try the same cases in every run: what fails does so for everybody, and in the change that
 * broke it. `SEED=NUMBER scripts/test` tries others.
 */
fc.configureGlobal({ seed: Number(process.env.SEED ?? 1) });

export default fc;
