import { describe, expect, it } from 'vitest'

import { refusalOf } from '../../../../headless/cli/failure-report.ts'
import { ERROR_CODES, JobError, type ErrorCode } from '../../../../shared/model/error.ts'
import { EXIT, exitCodeOf } from '../../../../shared/model/exit-code.ts'

describe('the exit code of an error', () => {
  it('is 2 for what the user answers by changing the command or the job', () => {
    const usage = ERROR_CODES.filter(code => exitCodeOf(code) === EXIT.usage)
    expect(usage).toEqual([
      'E_URL_INVALID',
      'E_SCHEME_BLOCKED',
      'E_CONFIG',
      'E_AUTH',
      'E_IPC_SCHEMA',
      'E_LIMIT',
      'E_NOT_FOUND',
    ])
  })

  it('is 1 for our own errors, 5 for everything that the run stands on', () => {
    const own = ERROR_CODES.filter(code => exitCodeOf(code) === EXIT.internal)
    expect(own).toEqual(['E_INTERNAL'])
    const unable: ErrorCode[] = [
      'E_SRC_IO',
      'E_SRC_CHANGED',
      'E_NOT_A_FILE',
      'E_LOCKED',
      'E_DISK_FULL',
      'E_DNS',
    ]
    expect(unable.map(exitCodeOf)).toEqual(unable.map(() => EXIT.unable))
  })

  it('is the same for a command as for a run', () => {
    expect(ERROR_CODES.map(code => refusalOf(new JobError(code, 'reason')).exitCode)).toEqual(
      ERROR_CODES.map(exitCodeOf),
    )
  })
})
