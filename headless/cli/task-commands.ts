import type { ArgumentSpec, CommandSpec } from './command-spec.ts'
import { crawlFields } from '../../shared/model/fields/crawl.ts'
import { fieldFlags } from './field-flags.ts'
import { EVENTS, HEADER_FILE, JSON_DOCUMENT, PASSWORD_FILE, PROGRESS, QUIET } from './run-flags.ts'
import type { FlagSpec } from './flag-spec.ts'
import { TASK_FILTER_FLAGS, TASK_PAGE_FLAGS } from './task-flags.ts'

const [HEADER] = fieldFlags({ headers: crawlFields.headers }) as [FlagSpec]

const RUN_ID: ArgumentSpec = { name: 'run', text: 'argument.run' }

const loadTasks = () => import('./commands/tasks.ts')

/** Subcommands of `runs` that concern single tasks. */
export const TASK_COMMANDS: readonly CommandSpec[] = [
  {
    name: 'tasks',
    text: 'command.runs.tasks',
    args: [RUN_ID],
    flags: [...TASK_FILTER_FLAGS, ...TASK_PAGE_FLAGS, JSON_DOCUMENT],
    examples: [
      { line: 'interleave runs tasks latest --outcome failed', text: 'example.runs.tasksFailed' },
      { line: 'interleave runs tasks latest --sort totalMs --reverse', text: 'example.runs.tasksSlow' },
    ],
    load: async () => ({ run: (await loadTasks()).tasks }),
  },
  {
    name: 'retry',
    text: 'command.runs.retry',
    args: [RUN_ID],
    flags: [...TASK_FILTER_FLAGS, HEADER, HEADER_FILE, PASSWORD_FILE, JSON_DOCUMENT, EVENTS, PROGRESS, QUIET],
    examples: [
      { line: 'interleave runs retry latest', text: 'example.runs.retry' },
      { line: 'interleave runs retry latest --code E_TIMEOUT_TOTAL', text: 'example.runs.retryCode' },
    ],
    load: async () => ({ run: (await loadTasks()).retry }),
  },
]
