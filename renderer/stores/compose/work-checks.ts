import { parseAllowance } from '../../../shared/model/allowance.ts'
import { JobError } from '../../../shared/model/error.ts'
import type { CrawlOptions } from '../../../shared/model/fields/crawl.ts'
import type { LoadOptions } from '../../../shared/model/fields/load.ts'
import { parseTarget, type LoadTarget } from '../../../shared/model/load-target.ts'
import { isAbsolutePath } from '../../../shared/model/path.ts'
import { parseStatusRanges } from '../../../shared/model/status-range.ts'
import type { Problem, Problems } from './field-form.ts'

/** A field name of RFC 9110, then a value. */
const HEADER_LINE = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:/

export function checkCrawl(options: CrawlOptions): Problems {
  const areHeaders = options.headers.every(line => HEADER_LINE.test(line))
  return {
    ...(areHeaders ? {} : { headers: { is: 'headers' } as const }),
    ...(fails(() => parseStatusRanges(options.okStatus)) === null
      ? {}
      : { okStatus: { is: 'okStatus' } as const }),
  }
}

export function checkLoad(options: LoadOptions): Problems {
  const to = options.to === null ? null : targetProblem(options.to)
  const isAllowance = fails(() => parseAllowance(options.maxRejects)) === null
  return {
    ...(to === null ? {} : { to }),
    ...(isAllowance ? {} : { maxRejects: { is: 'allowance' } as const }),
    ...verifyProblem(options),
  }
}

function targetProblem(to: string): Problem | null {
  const message = fails(() => parseTarget(to))
  if (message !== null) return { is: 'message', text: message }
  const { target } = parseTarget(to)
  const isFile = target.kind === 'sqlite' || target.kind === 'jsonl'
  return isFile && !isAbsolutePath(target.path) ? { is: 'absolute' } : null
}

function verifyProblem({ verify, dryRun }: LoadOptions): Problems {
  return verify && dryRun ? { verify: { is: 'twice' } } : {}
}

/** @returns The destination of a load; `null` for what is none yet. */
export function targetOf(to: string | null): LoadTarget | null {
  if (to === null || targetProblem(to) !== null) return null
  return parseTarget(to).target
}

/** @returns Why `read` refuses; `null` when it does not. */
function fails(read: () => unknown): string | null {
  try {
    read()
    return null
  } catch (error) {
    if (error instanceof JobError) return error.message
    throw error
  }
}
