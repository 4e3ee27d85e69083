import { ERROR_CODES, JobError, printable, type ErrorCode, type Failure } from '../model/error.ts'

/** Raised with every change of the wire format that an older side would misread. */
export const PROTOCOL_VERSION = 1

export const PROTOCOL_NAME = 'interleave'

/** The first element of each message; numbers are frozen. */
export const KIND = {
  hello: 0,
  request: 1,
  answer: 2,
  error: 3,
  subscribe: 4,
  push: 5,
  unsubscribe: 6,
  end: 7,
} as const

/** The id of an error that answers no request: the connection itself is at fault and about to close. */
export const CONNECTION_ID = 0

/** What each side says; lists, so that a message carries no key names. */
export type Message =
  | readonly [kind: typeof KIND.hello, name: typeof PROTOCOL_NAME, version: number]
  | readonly [kind: typeof KIND.request, id: number, command: string, input: unknown]
  | readonly [kind: typeof KIND.answer, id: number, output: unknown]
  | readonly [kind: typeof KIND.error, id: number, failure: Failure]
  | readonly [kind: typeof KIND.subscribe, id: number, stream: string, params: unknown]
  | readonly [kind: typeof KIND.push, id: number, payload: unknown]
  | readonly [kind: typeof KIND.unsubscribe, id: number]
  | readonly [kind: typeof KIND.end, id: number, failure: Failure | null]

export const helloMessage: Message = [KIND.hello, PROTOCOL_NAME, PROTOCOL_VERSION]

/**
 * Checks a hello. Its first three elements are frozen for every version; later ones may add elements.
 *
 * @param side Who sent it, for the message: `host` or `client`.
 * @throws JobError `E_VERSION`.
 */
export function checkHello(value: unknown, side: 'host' | 'client'): void {
  const [kind, name, version] = Array.isArray(value) ? (value as readonly unknown[]) : []
  if (kind !== KIND.hello || name !== PROTOCOL_NAME || !isId(version)) {
    throw new JobError(
      'E_VERSION',
      `the ${side} did not begin as an Interleave ${side} does; check what listens there`,
    )
  }
  if (version !== PROTOCOL_VERSION) {
    const older = version < PROTOCOL_VERSION ? side : side === 'host' ? 'client' : 'host'
    throw new JobError(
      'E_VERSION',
      `the ${side} speaks version ${version} of the protocol, this side version ${PROTOCOL_VERSION}; update the ${older}`,
    )
  }
}

/**
 * Checks the form of a message after the hello; what commands and streams carry is checked against the contract.
 *
 * @throws JobError `E_IPC_SCHEMA`.
 */
export function checkMessage(value: unknown): Message {
  if (!Array.isArray(value)) throw malformed()
  const [kind, id, third, fourth] = value as readonly unknown[]
  const size = value.length
  if (!isId(id)) throw malformed()
  switch (kind) {
    case KIND.request:
    case KIND.subscribe:
      if (size === 4 && id > CONNECTION_ID && typeof third === 'string') return [kind, id, third, fourth]
      break
    case KIND.answer:
    case KIND.push:
      if (size === 3 && id > CONNECTION_ID) return [kind, id, third]
      break
    case KIND.error:
      if (size === 3) return [kind, id, checkFailure(third)]
      break
    case KIND.unsubscribe:
      if (size === 2 && id > CONNECTION_ID) return [kind, id]
      break
    case KIND.end:
      if (size === 3 && id > CONNECTION_ID) return [kind, id, third === null ? null : checkFailure(third)]
      break
  }
  throw malformed()
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0

const malformed = (): JobError =>
  new JobError('E_IPC_SCHEMA', 'a message has no form that this protocol knows')

/** A code of a later version is `E_INTERNAL` here; its message still tells what happened. */
function checkFailure(value: unknown): Failure {
  if (typeof value !== 'object' || value === null) throw malformed()
  const { code, message, retryable } = value as Readonly<Record<string, unknown>>
  if (typeof message !== 'string') throw malformed()
  return {
    code: ERROR_CODES.includes(code as ErrorCode) ? (code as ErrorCode) : 'E_INTERNAL',
    message: printable(message),
    retryable: retryable === true,
  }
}
