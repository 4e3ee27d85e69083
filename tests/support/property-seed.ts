import fc from 'fast-check'

// One seed for whoever runs the tests: what another seed finds becomes a case of its own, not a surprise to somebody else.
fc.configureGlobal({ seed: Number(process.env['INTERLEAVE_TEST_SEED'] ?? 20_261_122) })
