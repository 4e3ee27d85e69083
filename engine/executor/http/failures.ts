import { printable, type ErrorCode } from '../../../shared/model/error.ts'
import type { HttpExchange, HttpFailure } from './http-client.ts'

export interface FailureContext {
  readonly phase: HttpExchange['phase']
  /** `host:port`. */
  readonly where: string
  /** Whether any byte of an answer had arrived. */
  readonly hasBytes: boolean
  /** Whether the connection had carried a request before. */
  readonly isReused: boolean
}

/** The address a public-only connection would have reached. */
export class BlockedAddressError extends Error {
  readonly code = 'ERR_ADDRESS_BLOCKED'
}

const EXHAUSTED = new Set(['EMFILE', 'ENFILE'])
/** The resolver's definite "there is no such name"; its other errors pass. */
const NO_SUCH_NAME = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME'])
const CONNECT_REASON = new Map([
  ['ECONNREFUSED', 'nothing listens there'],
  ['EHOSTUNREACH', 'no route to the host'],
  ['ENETUNREACH', 'no route to its network'],
  ['ETIMEDOUT', 'the host does not answer'],
  ['ECONNRESET', 'the connection was reset'],
  ['EADDRNOTAVAIL', 'no local port is free'],
  ['EACCES', 'not permitted'],
])
const TLS_REASON = new Map([
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is self-signed'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'a certificate of the chain is self-signed'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the chain of the certificate is incomplete'],
  ['UNABLE_TO_GET_ISSUER_CERT', 'the issuer of the certificate is unknown'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the issuer of the certificate is unknown'],
  ['CERT_REVOKED', 'the certificate was revoked'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another host'],
  ['ERR_TLS_CERT_ALTNAME_FORMAT', 'the certificate names its hosts wrongly'],
])
const CLOSED = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ECONNABORTED', 'ETIMEDOUT', 'ENOTCONN'])

/** @returns The code that tells most: of the first attempt when several addresses were tried. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return ''
  const { code, errors } = error as { code?: unknown; errors?: unknown }
  if (typeof code === 'string' && code !== '') return code
  return Array.isArray(errors) && errors.length > 0 ? codeOf(errors[0]) : ''
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const failure = (code: ErrorCode, message: string, retryable: boolean): HttpFailure => ({
  code,
  message: printable(message),
  retryable,
  isExhausted: false,
  isStale: false,
})

/** @returns What went wrong, as the record of the task will say it. */
export function describeFailure(error: unknown, context: FailureContext): HttpFailure {
  const code = codeOf(error)
  const { phase, where } = context
  if (error instanceof BlockedAddressError) return failure('E_ADDR_BLOCKED', error.message, false)
  if (EXHAUSTED.has(code)) {
    return {
      ...failure('E_CONNECT', `no file descriptor left for ${where} (${code})`, true),
      isExhausted: true,
    }
  }
  if (code === 'UND_ERR_INVALID_ARG') {
    return failure('E_URL_INVALID', `a request to ${where} cannot be written: ${textOf(error)}`, false)
  }
  if (phase === 'resolve') return resolveFailure(code, where)
  if (phase === 'connect') return connectFailure(code, where, error)
  if (phase === 'handshake') {
    return CLOSED.has(code)
      ? failure('E_CONNECT', `${where} closed the connection during the TLS handshake (${code})`, true)
      : tlsFailure(code, where, error)
  }
  return exchangeFailure(code, error, context)
}

function resolveFailure(code: string, where: string): HttpFailure {
  const hostname = where.slice(0, where.lastIndexOf(':'))
  return NO_SUCH_NAME.has(code)
    ? failure('E_DNS', `no address for ${hostname} (${code}): check the name`, false)
    : failure('E_DNS', `could not resolve ${hostname} (${code || 'unknown'}): check the resolver`, true)
}

function connectFailure(code: string, where: string, error: unknown): HttpFailure {
  const reason = CONNECT_REASON.get(code) ?? textOf(error)
  return failure('E_CONNECT', `could not connect to ${where} (${code || 'unknown'}): ${reason}`, true)
}

function tlsFailure(code: string, where: string, error: unknown): HttpFailure {
  const reason = TLS_REASON.get(code) ?? textOf(error)
  return failure('E_TLS', `TLS with ${where} failed: ${reason} (${code || 'unknown'})`, false)
}

function exchangeFailure(code: string, error: unknown, context: FailureContext): HttpFailure {
  const { phase, where, hasBytes, isReused } = context
  const text = textOf(error)
  if (code === 'UND_ERR_HEADERS_OVERFLOW') {
    return failure('E_HEADERS_TOO_LARGE', `the header of the answer of ${where} is above the limit`, false)
  }
  if (code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE') {
    return failure('E_BODY_TOO_LARGE', `the body of the answer of ${where} is above the limit`, false)
  }
  // The parser reports a length that does not fit also when the head itself is broken.
  const isCut =
    code === 'HPE_INVALID_EOF_STATE' || (code === 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH' && phase === 'body')
  const isClosed = CLOSED.has(code) && !text.startsWith('bad ')
  if (isCut || (isClosed && hasBytes)) {
    const part = phase === 'body' ? 'the body' : 'the head of the answer'
    return failure('E_TRUNCATED', `${where} closed the connection before the end of ${part}`, true)
  }
  if (isClosed) {
    const message = `${where} closed the connection without an answer (${code === 'UND_ERR_SOCKET' ? 'FIN' : code})`
    return { ...failure('E_CONNECT', message, true), isStale: isReused }
  }
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO') {
    return tlsFailure(code, where, error)
  }
  return failure(
    'E_PROTOCOL',
    `the answer of ${where} is not valid HTTP/1.1 (${code || 'unknown'}): ${text}`,
    false,
  )
}
