/** Models measured against each other. */
export const compare = {
  'command.compare': 'measure models against each other',
  'command.compare.crawl': 'measure models by fetching URLs',
  'command.compare.load': 'measure models by loading records',
  'command.compare.cpu': 'measure models by computing',
  'option.models':
    'models, or points such as loop:1x1x50 (processes, threads in each, in flight), with commas between',
  'option.sweep':
    'the job’s model with one number doubled step by step: in-flight=1..256, threads=1..4, processes=1..4',
  'option.repeats': 'measured runs of each point',
  'option.warmup': 'runs of each point before, which are not counted',
  'option.seed': 'of the order within each block and of the resampling; unset: another each time',
  'example.compare.saved': 'a saved job under three models',
  'example.compare.crawl': 'threads, or one event loop with how many permits?',
  'example.compare.load': 'how many processes does a load want?',
  'example.compare.cpu': 'what do threads and processes gain on CPU work?',
  'compare.nothing': 'Nothing to compare: name models with --models sequential,loop,threads, or a --sweep.',
  'compare.twice': '{name} is named twice.',
  'compare.tooMany': '{count} points are more than {limit}.',
  'compare.progress': 'comparing {points} points: {done} of {planned} runs',
  'compare.point': 'model',
  'compare.range': 'range',
  'compare.against': 'of {best} [95 %]',
  'compare.memory': 'memory',
  'compare.start': 'start',
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
