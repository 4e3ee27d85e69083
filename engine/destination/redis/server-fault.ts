import { JobError, printable, type Failure } from '../../../shared/model/error.ts'

/**
 * Whose fault an error reply is:
 *
 * - `destination`: it cannot write now and may be able to later; nothing is wrong with the record.
 * - `connection`: the same, but this connection will not see it heal: another is opened.
 * - `job`: no record could be written this way, and waiting does not help.
 * - `script`: the server has forgotten the script.
 * - `data`: of this one command.
 */
export type Fault = 'destination' | 'connection' | 'job' | 'script' | 'data'

const FAULT_OF: Readonly<Record<string, Fault>> = {
  OOM: 'destination',
  MISCONF: 'destination',
  LOADING: 'destination',
  BUSY: 'destination',
  MASTERDOWN: 'destination',
  NOREPLICAS: 'destination',
  CLUSTERDOWN: 'destination',
  TRYAGAIN: 'destination',
  // After a failover the same address leads to the new primary, but only for a new connection.
  READONLY: 'connection',
  NOAUTH: 'connection',
  WRONGPASS: 'connection',
  MOVED: 'job',
  ASK: 'job',
  CROSSSLOT: 'job',
  NOSCRIPT: 'script',
}

/** First words of error replies that are not about a record, whoever sees them. */
export const NOT_OF_DATA: readonly string[] = Object.keys(FAULT_OF)

const CLUSTER: readonly string[] = ['MOVED', 'ASK', 'CROSSSLOT']
const FULL: readonly string[] = ['OOM', 'MISCONF']

const wordOf = (text: string): string => text.slice(0, Math.max(text.indexOf(' '), 0)) || text

/** @param text An error reply without its `-`. */
export function faultOf(text: string): Fault {
  const fault = FAULT_OF[wordOf(text)]
  if (fault) return fault
  return isCommandRefused(text) ? 'job' : 'data'
}

/** A command that the server does not know or that the user may not run, whatever its arguments. */
const isCommandRefused = (text: string): boolean =>
  isForbidden(text) || /^ERR unknown (redis )?command/i.test(text)

/** Scripts word it in their own way. */
const isForbidden = (text: string): boolean =>
  /^NOPERM .*permissions to run the|^(NOPERM|ERR) .*can't run this command/s.test(text)

/** @returns What is told while a destination is waited for. */
export const waitingFor = (text: string): Failure => ({
  code: FULL.includes(wordOf(text)) ? 'E_DEST_FULL' : 'E_DEST_DOWN',
  message: printable(`Redis: ${text}`),
  retryable: true,
})

/** @returns Why the run cannot go on, for an error reply that waiting does not heal. */
export function jobErrorOf(text: string, doing: string): JobError {
  if (CLUSTER.includes(wordOf(text)))
    return new JobError(
      'E_CONFIG',
      `Redis answers "${text}": a cluster is not supported, only a single primary; name one that holds all keys`,
    )
  if (isForbidden(text) || text.startsWith('NOPERM'))
    return new JobError('E_CONFIG', `Redis does not let this user ${doing}: "${text}"; grant it in the ACL`)
  return new JobError('E_CONFIG', `Redis cannot ${doing}: "${text}"`)
}

/** @returns The error for a destination that someone else has changed while the run was writing. */
export const changedDestination = (key: string, what: string): JobError =>
  new JobError(
    'E_SRC_CHANGED',
    `destination changed: ${what} in ${key}; it was flushed or changed by someone else, so nobody knows what it holds`,
  )

/** An error reply to a command of ours. */
export class ServerError extends Error {
  /** @param text Without the leading `-`. */
  constructor(text: string) {
    super(text)
    this.name = 'ServerError'
  }
}

/** The connection was lost before the reply came. */
export class ConnectionLost extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'ConnectionLost'
  }
}

/** What came is no reply, or none to what was asked: nothing more of this connection can be trusted. */
export class ProtocolError extends Error {
  constructor(problem: string) {
    super(problem)
    this.name = 'ProtocolError'
  }
}
