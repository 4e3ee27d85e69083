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
} as const
