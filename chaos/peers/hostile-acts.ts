import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import { redirect, response, type ScriptedConnection } from '../../tests/support/scripted-server.ts'
import { WRONG_ANSWERS } from '../../tests/support/wrong-answers.ts'

/** One way to be hostile: what a server does when it is asked, and how a crawl's task ends by it. */
export interface HostileAct {
  /** Error of the task; `null` where it is to end well. */
  readonly code: string | null
  act(connection: ScriptedConnection): unknown
}

const ZEROS = Buffer.alloc(20_000_000)
const CHUNK = Buffer.from(`1000\r\n${'x'.repeat(0x1000)}\r\n`)
const DRIP_MS = 50

/** Sends the beginning, then a byte at a time for ever. */
const drip =
  (beginning: string) =>
  ({ send, socket }: ScriptedConnection): void => {
    send(beginning)
    const timer = setInterval(() => send('x'), DRIP_MS)
    socket.once('close', () => clearInterval(timer))
  }

const pour = ({ send, socket }: ScriptedConnection): void => {
  send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  const more = (): void => {
    while (send(CHUNK));
  }
  socket.on('drain', more)
  more()
}

const says =
  (bytes: string | Buffer) =>
  ({ send }: ScriptedConnection): unknown =>
    send(bytes)

const encoded = (encoding: string, body: string | Buffer) =>
  says(response(body, { headers: [`Content-Encoding: ${encoding}`] }))

let hops = 0

/** By their names. Limits are those of the crawl: few seconds in all, 64 KiB of body, no retries. */
export const HOSTILE_ACTS: Readonly<Record<string, HostileAct>> = {
  silent: { code: 'E_TIMEOUT_TOTAL', act: () => undefined },
  'dripping-head': { code: 'E_TIMEOUT_TOTAL', act: drip('HTTP/1.1 200 OK\r\nX-Slow: ') },
  'dripping-body': {
    code: 'E_TIMEOUT_TOTAL',
    act: drip('HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n'),
  },
  endless: { code: 'E_BODY_TOO_LARGE', act: pour },
  huge: {
    code: 'E_BODY_TOO_LARGE',
    act: says('HTTP/1.1 200 OK\r\nContent-Length: 1000000000000000\r\n\r\n'),
  },
  'gzip-bomb': { code: 'E_DECODE_BOMB', act: encoded('gzip', gzipSync(ZEROS)) },
  'deflate-bomb': { code: 'E_DECODE_BOMB', act: encoded('deflate', deflateSync(ZEROS)) },
  'zstd-bomb': { code: 'E_DECODE_BOMB', act: encoded('zstd', zstdCompressSync(ZEROS)) },
  'unasked-brotli': { code: 'E_DECODE_BAD', act: encoded('br', brotliCompressSync('hello')) },
  'no-gzip': { code: 'E_DECODE_BAD', act: encoded('gzip', 'not compressed at all') },
  'cut-gzip': { code: 'E_DECODE_BAD', act: encoded('gzip', gzipSync('hello').subarray(0, 15)) },
  'three-encodings': { code: 'E_DECODE_BAD', act: encoded('gzip, gzip, gzip', 'x') },
  'to-itself': { code: 'E_REDIRECT_LOOP', act: says(redirect('/act/to-itself')) },
  'ever-further': {
    code: 'E_REDIRECT_LIMIT',
    act: ({ send }) => send(redirect(`/act/ever-further?${(hops += 1)}`)),
  },
  'to-file': { code: 'E_SCHEME_BLOCKED', act: says(redirect('file:///etc/passwd')) },
  'to-script': { code: 'E_SCHEME_BLOCKED', act: says(redirect('javascript:alert(1)')) },
  'to-data': { code: 'E_SCHEME_BLOCKED', act: says(redirect('data:text/html,hello')) },
  'to-nowhere': { code: 'E_URL_INVALID', act: says(redirect('http://[::1')) },
  'to-metadata': { code: 'E_ADDR_BLOCKED', act: says(redirect('http://169.254.169.254/latest')) },
  'to-private': { code: 'E_ADDR_BLOCKED', act: says(redirect('http://10.0.0.1/')) },
  'to-local-name': { code: 'E_ADDR_BLOCKED', act: says(redirect('http://localhost:1/')) },
  reset: { code: 'E_CONNECT', act: ({ socket }) => socket.resetAndDestroy() },
  'cut-body': {
    code: 'E_TRUNCATED',
    act: ({ send, socket }) => {
      send('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort')
      socket.end()
    },
  },
  unavailable: {
    code: 'E_HTTP_STATUS',
    act: says(response('', { status: '503 No', headers: ['Retry-After: 1000000000000'] })),
  },
  'two-answers': { code: null, act: says(Buffer.concat([response('one'), response('evil')])) },
  'many-cookies': {
    code: null,
    act: says(
      response('x', { headers: Array.from({ length: 400 }, (_, at) => `Set-Cookie: c${at}=v; Domain=com`) }),
    ),
  },
  ...Object.fromEntries(
    WRONG_ANSWERS.map(([, answer, code], at) => [
      `wrong-${at}`,
      { code, act: says(Buffer.from(answer, 'latin1')) },
    ]),
  ),
}
