/** What a comparison found, in words: on the command line and in the dashboard. */
export const comparison = {
  'compare.boundBy': 'bound by',
  'compare.bound.cpu': 'CPUs',
  'compare.bound.loop': 'event loop',
  'compare.bound.server': 'server',
  'compare.bound.rate': 'rate',
  'compare.bound.sink': 'destination',
  'compare.bound.queue': 'too few tasks',
  'compare.bound.generator': 'reading',
  'compare.verdict.no difference shown': 'no difference shown',
  'compare.verdict.too few repeats': 'too few repeats',
  'compare.void.not-done': 'void: a run did not finish',
  'compare.void.digest': 'void: other results',
  'compare.state.running': 'Not finished yet.',
  'compare.state.done': 'Done.',
  'compare.state.stopped': 'Stopped before all runs were made: what follows is of those that were. {reason}',
  'compare.state.failed': 'Could not go on: {reason}',
  'compare.fitPeak':
    '{model}: throughput peaks near {peak} tasks in flight (contention σ {sigma}, coherency κ {kappa}, R² {r2}; Universal Scalability Law)',
  'compare.fitFlat':
    '{model}: throughput flattens without a peak (contention σ {sigma}, coherency κ {kappa}, R² {r2}; Universal Scalability Law)',
  'compare.note.noisy': 'Other work took {busy} of this machine’s CPUs just before: expect wide intervals.',
  'compare.note.fewRepeats':
    'With {repeats} repeats only large differences can be shown; 5 or more are better.',
  'compare.note.failures':
    '{ratio} of the tasks failed under {cell}: failures are fast, so its throughput says little.',
  'compare.note.short': 'Runs of {cell} took only {time}: give the job more tasks.',
  'compare.note.startDominates':
    '{ratio} of the time of {cell} went into starting it, which throughput leaves out: a longer job gains more.',
  'compare.made':
    'Median of {repeats} runs each after {warmUps} for warming up, in randomised blocks (seed {seed}); throughput from the first task’s start to the end. {cpu}, {cpus} CPUs granted, Node {node}, {busy} busy with other work before.',
} as const
