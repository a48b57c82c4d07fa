import { compileClaim, type Expression } from './claims.ts';
import type { Answers } from './names.ts';
import type { Evaluator } from './run-parts.ts';
import type { Claim } from './scenario.ts';

/** Evaluates claims with the expression library behind it; its own chunk, loaded when one is met. */
export function newEvaluator(): Evaluator {
  const compiled = new WeakMap<Claim, Expression>();
  const expressionOf = (claim: Claim, file: string): Expression => {
    const known = compiled.get(claim) ?? compileClaim(claim, file);
    compiled.set(claim, known);
    return known;
  };
  return {
    judge(claim, file, answers: Answers) {
      const { ok, actual } = expressionOf(claim, file).judge(answers);
      return { ok, actual };
    },
    happens: (claim, file, answers) => expressionOf(claim, file).happens(answers),
  };
}
