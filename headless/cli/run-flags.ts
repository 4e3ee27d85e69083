import type { FlagSpec } from './flag-spec.ts'

/** Flags that are no part of a job: where results go, how the run ends, what is shown. */

export const OUT: FlagSpec = {
  flag: 'out',
  short: 'o',
  value: 'FILE',
  isRepeatable: true,
  text: 'option.out',
  group: 'help.results',
}
export const FORCE: FlagSpec = { flag: 'force', text: 'option.force', group: 'help.results' }
export const APPEND: FlagSpec = { flag: 'append', text: 'option.append', group: 'help.results' }
export const SPREADSHEET_SAFE: FlagSpec = {
  flag: 'spreadsheet-safe',
  text: 'option.spreadsheetSafe',
  group: 'help.results',
}
export const REJECTS: FlagSpec = {
  flag: 'rejects',
  value: 'FILE',
  text: 'option.rejects',
  group: 'help.results',
}

export const PASSWORD_FILE: FlagSpec = {
  flag: 'password-file',
  value: 'FILE',
  text: 'option.passwordFile',
  group: 'help.ending',
}
export const HEADER_FILE: FlagSpec = {
  flag: 'header-file',
  value: 'FILE',
  text: 'option.headerFile',
  group: 'help.ending',
}
export const ALLOW_FAILURES: FlagSpec = {
  flag: 'allow-failures',
  value: 'N|P%',
  text: 'option.allowFailures',
  group: 'help.ending',
  defaultText: '0',
}
export const ASSERT: FlagSpec = {
  flag: 'assert',
  value: 'EXPRESSION',
  isRepeatable: true,
  text: 'option.assert',
  group: 'help.ending',
}
export const PATIENCE: FlagSpec = {
  flag: 'patience',
  value: 'DURATION',
  text: 'option.patience',
  group: 'help.ending',
}
export const SAVE: FlagSpec = { flag: 'save', value: 'FILE', text: 'option.save', group: 'help.ending' }
export const RESUME: FlagSpec = { flag: 'resume', text: 'option.resume', group: 'help.ending' }

export const JSON_DOCUMENT: FlagSpec = { flag: 'json', text: 'option.json', group: 'help.output' }
export const EVENTS: FlagSpec = { flag: 'events', text: 'option.events', group: 'help.output' }

export const PROGRESS_MODES = ['auto', 'bar', 'plain', 'json', 'none'] as const
export type ProgressMode = (typeof PROGRESS_MODES)[number]
export const PROGRESS: FlagSpec = {
  flag: 'progress',
  value: PROGRESS_MODES.join('|'),
  text: 'option.progress',
  group: 'help.output',
  defaultText: 'auto',
}
export const QUIET: FlagSpec = { flag: 'quiet', short: 'q', text: 'option.quiet', group: 'help.output' }
export const COLOR: FlagSpec = {
  flag: 'color',
  value: 'auto|always|never',
  text: 'option.color',
  group: 'help.output',
  defaultText: 'auto',
}
export const DATA_DIR: FlagSpec = {
  flag: 'data-dir',
  value: 'DIR',
  text: 'option.dataDir',
  group: 'help.output',
}

export const PORT: FlagSpec = {
  flag: 'port',
  value: 'N',
  text: 'option.port',
  group: 'group.work',
  defaultText: '0',
}
export const OPEN: FlagSpec = { flag: 'open', text: 'option.open', group: 'group.work' }
export const READ_ONLY: FlagSpec = { flag: 'read-only', text: 'option.readOnly', group: 'group.work' }
export const CODE: FlagSpec = { flag: 'code', text: 'option.code', group: 'group.work' }

export const NOW: FlagSpec = { flag: 'now', text: 'option.now', group: 'help.ending' }
export const CLEAR: FlagSpec = { flag: 'clear', text: 'option.clear', group: 'help.results' }

/** What every command takes, before or after its name. */
export const COMMON_FLAGS: readonly FlagSpec[] = [DATA_DIR, COLOR]

const ENDING_FLAGS: readonly FlagSpec[] = [
  ALLOW_FAILURES,
  ASSERT,
  PATIENCE,
  JSON_DOCUMENT,
  EVENTS,
  PROGRESS,
  QUIET,
]

/** What every command takes that runs something with results and shows it. */
export const RUN_FLAGS: readonly FlagSpec[] = [OUT, FORCE, APPEND, ...ENDING_FLAGS]

/** The same for a load, whose results are at its destination. */
export const LOAD_FLAGS: readonly FlagSpec[] = [REJECTS, FORCE, APPEND, PASSWORD_FILE, ...ENDING_FLAGS]

/** The same where only the job tells which of the two it is. */
export const ANY_RUN_FLAGS: readonly FlagSpec[] = [
  OUT,
  REJECTS,
  FORCE,
  APPEND,
  HEADER_FILE,
  PASSWORD_FILE,
  ...ENDING_FLAGS,
]
