import { errors } from 'undici'
import { describe, expect, it } from 'vitest'
import { describeFailure, type FailureContext } from '../../../../../engine/executor/http/failures.ts'

const coded = (code: string, message = code): Error => Object.assign(new Error(message), { code })
const context = (phase: FailureContext['phase'], more: Partial<FailureContext> = {}): FailureContext => ({
  phase,
  where: 'example.com:443',
  hasBytes: false,
  isReused: false,
  ...more,
})
const brief = (error: unknown, where: FailureContext) => {
  const { code, retryable } = describeFailure(error, where)
  return [code, retryable]
}

describe('describeFailure', () => {
  it('tells a name that does not exist from a resolver that does not answer', () => {
    expect(brief(coded('ENOTFOUND'), context('resolve'))).toEqual(['E_DNS', false])
    expect(brief(coded('EAI_AGAIN'), context('resolve'))).toEqual(['E_DNS', true])
  })

  it('names the first address that failed of several', () => {
    const error = new AggregateError([coded('EHOSTUNREACH'), coded('ECONNREFUSED')])
    expect(describeFailure(error, context('connect')).message).toBe(
      'could not connect to example.com:443 (EHOSTUNREACH): no route to the host',
    )
  })

  it('says why TLS failed, and never tries again for that', () => {
    for (const [code, reason] of [
      ['CERT_HAS_EXPIRED', 'has expired'],
      ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed'],
      ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host'],
      ['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_WRONG_VERSION_NUMBER'],
    ] as const) {
      const failure = describeFailure(coded(code), context('handshake'))
      expect([failure.code, failure.retryable]).toEqual(['E_TLS', false])
      expect(failure.message).toContain(reason)
    }
    expect(brief(coded('ECONNRESET'), context('handshake'))).toEqual(['E_CONNECT', true])
  })

  it('knows a stale connection by its reuse and its silence', () => {
    const closed = new errors.SocketError('other side closed')
    const isStale = (more: Partial<FailureContext>) => describeFailure(closed, context('head', more)).isStale
    expect([isStale({ isReused: true }), isStale({}), isStale({ isReused: true, hasBytes: true })]).toEqual([
      true,
      false,
      false,
    ])
  })

  it('maps what undici reports', () => {
    const answer = context('body', { hasBytes: true })
    const head = context('head', { hasBytes: true })
    expect([
      brief(new errors.HeadersOverflowError(), head),
      brief(coded('HPE_INVALID_CONSTANT', 'Response does not match the HTTP/1.1 protocol'), head),
      brief(coded('HPE_INVALID_EOF_STATE', 'Invalid EOF state'), answer),
      brief(new errors.ResponseContentLengthMismatchError(), answer),
      brief(new errors.ResponseContentLengthMismatchError(), head),
      brief(new errors.SocketError('other side closed'), answer),
      brief(new errors.SocketError('bad response'), head),
      brief(new errors.ResponseExceededMaxSizeError(), answer),
      brief(new errors.InvalidArgumentError('invalid request path'), context('connect')),
      brief(coded('EPROTO'), head),
      brief(new assertionLike(), head),
      brief('a string', head),
    ]).toEqual([
      ['E_HEADERS_TOO_LARGE', false],
      ['E_PROTOCOL', false],
      ['E_TRUNCATED', true],
      ['E_TRUNCATED', true],
      ['E_PROTOCOL', false],
      ['E_TRUNCATED', true],
      ['E_PROTOCOL', false],
      ['E_BODY_TOO_LARGE', false],
      ['E_URL_INVALID', false],
      ['E_TLS', false],
      ['E_PROTOCOL', false],
      ['E_PROTOCOL', false],
    ])
  })

  it('does not blame the server when descriptors run out here', () => {
    expect(describeFailure(coded('EMFILE'), context('connect')).isExhausted).toBe(true)
  })

  it('keeps messages short and printable whatever an error says', () => {
    const { message } = describeFailure(coded('E', `\u001b[31m${'x'.repeat(1_000)}`), context('head'))
    expect(message.length).toBeLessThanOrEqual(300)
    expect(message).toContain('\\u001b')
  })
})

class assertionLike extends Error {
  readonly code = 'ERR_ASSERTION'
}
