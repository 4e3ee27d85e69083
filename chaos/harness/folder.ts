import { CommandFolder } from '../../tests/support/command-folder.ts'
import type { ChaosContext } from './scenario.ts'

/** No command of a scenario takes longer, in milliseconds; one that does is killed, and its scenario does not hold. */
const LONGEST_COMMAND_MS = { small: 90_000, full: 1_800_000 } as const

/** A folder for the commands of a scenario. Dispose of it. */
export const makeFolder = ({ command, size }: ChaosContext): CommandFolder =>
  new CommandFolder({ command, endTimeoutMs: LONGEST_COMMAND_MS[size] })
