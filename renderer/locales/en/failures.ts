/** Failures by kind over time. */
export const failures = {
  'failures.title': 'Failures per second',
  'failures.hint': 'Each task counts once, when it ends; attempts that were tried again do not.',
  'failures.summary': 'Failures per second by kind; in the time shown {count}: {kinds}.',
  'failures.summaryKind': '{kind} {count}',
  'failures.none': 'Nothing failed in this time',
  'failures.4xx': 'answered with 4xx',
  'failures.429': 'answered with 429 (too many requests)',
  'failures.5xx': 'answered with 5xx',
  'failures.others': 'other kinds',
  'failures.all': 'failed',
} as const
