import fc from 'fast-check'

// One seed for whoever runs the tests: what another seed finds becomes a case of its own, not a surprise to somebody else.
// To hunt: INTERLEAVE_TEST_SEED=$RANDOM INTERLEAVE_TEST_RUNS=5000 npx vitest run tests/unit
fc.configureGlobal({
  seed: Number(process.env['INTERLEAVE_TEST_SEED'] ?? 20_261_122),
  numRuns: Number(process.env['INTERLEAVE_TEST_RUNS'] ?? 100),
})
