import type { IncomingMessage, ServerResponse } from 'node:http'

import type { Page } from './pages.ts'
import type { Refusal } from './refusal.ts'

/** @returns Headers of every answer, whatever it is. */
export function securityHeaders(authority: string): Readonly<Record<string, string>> {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    `connect-src 'self' ws://${authority}`,
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-src 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types vue',
  ]
  return {
    'content-security-policy': policy.join('; '),
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=()',
  }
}

type Headers = Readonly<Record<string, string>>

export function answerJson(response: ServerResponse, headers: Headers, document: object): void {
  const body = Buffer.from(JSON.stringify(document))
  response.writeHead(200, {
    ...headers,
    'content-type': 'application/json',
    'content-length': body.byteLength,
    'cache-control': 'no-store',
  })
  response.end(body)
}

/** How long a refused sender may go on before its connection is cut: without it the answer would be lost in a reset. */
const LINGER_MS = 500

/** Answers without having read the request's body, of which no more than a moment's is taken. */
export function answerRefusal(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  headers: Headers,
  refused: Refusal,
): void {
  const body = refusalBody(refused)
  const { socket } = request
  response.writeHead(refused.status, { ...headers, ...refused.headers, ...refusalHeaders(body) })
  response.end(body)
  if (request.complete) return
  request.resume()
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy()
  }, LINGER_MS)
  request.once('end', () => clearTimeout(timer))
}

/** The same answer for a connection on which Node speaks no HTTP any more. */
export function refusalText(headers: Headers, refused: Refusal): string {
  const body = refusalBody(refused)
  const all = { ...headers, ...refused.headers, ...refusalHeaders(body), connection: 'close' }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `HTTP/1.1 ${refused.status} ${refused.code}\r\n${lines.join('')}\r\n${body.toString()}`
}

export function answerPage(
  response: ServerResponse,
  headers: Headers,
  {
    page,
    isHead,
    knownTag,
  }: { readonly page: Page; readonly isHead: boolean; readonly knownTag: string | undefined },
): void {
  const { bytes, type, etag, isImmutable } = page
  const caching = {
    ...headers,
    etag,
    'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (knownTag === etag) {
    response.writeHead(304, caching).end()
    return
  }
  response.writeHead(200, { ...caching, 'content-type': type, 'content-length': bytes.byteLength })
  response.end(isHead ? undefined : bytes)
}

const refusalBody = ({ code, message }: Refusal): Buffer =>
  Buffer.from(JSON.stringify({ error: { code, message } }))

const refusalHeaders = (body: Buffer): Record<string, string> => ({
  'content-type': 'application/json',
  'content-length': String(body.byteLength),
  'cache-control': 'no-store',
})
