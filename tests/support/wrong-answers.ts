const chunked = (...chunks: readonly string[]): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join('')}`

/** Bytes that HTTP does not allow, or hardly, with the error they get; `null` for what is accepted all the same. */
export const WRONG_ANSWERS: readonly (readonly [name: string, answer: string, error: string | null])[] = [
  ['C8 a negative length', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello', 'E_PROTOCOL'],
  ['C8 a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\nhello', 'E_PROTOCOL'],
  [
    'C8 two lengths that differ',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!',
    'E_PROTOCOL',
  ],
  [
    'C8 a length and chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'E_PROTOCOL',
  ],
  ['C9 a chunk size that is no number', chunked('zz\r\nhello\r\n0\r\n\r\n'), 'E_PROTOCOL'],
  ['C9 a chunk size that overflows', chunked(`${'f'.repeat(20)}\r\nhello\r\n`), 'E_PROTOCOL'],
  ['C9 a chunk extension of 1 MiB', chunked(`5;${'x'.repeat(2 ** 20)}\r\nhello\r\n0\r\n\r\n`), 'E_PROTOCOL'],
  [
    'C9 trailers of 1 MiB',
    chunked('5\r\nhello\r\n0\r\n', `X-Trailer: ${'t'.repeat(2 ** 20)}\r\n\r\n`),
    'E_HEADERS_TOO_LARGE',
  ],
  [
    'C10 a header line of 100 KB',
    `HTTP/1.1 200 OK\r\nX-Big: ${'b'.repeat(100_000)}\r\n\r\n`,
    'E_HEADERS_TOO_LARGE',
  ],
  [
    'C10 ten thousand headers',
    `HTTP/1.1 200 OK\r\n${Array.from({ length: 10_000 }, (_, at) => `a${at}: b\r\n`).join('')}\r\n`,
    'E_HEADERS_TOO_LARGE',
  ],
  [
    'C10 six hundred short headers',
    `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(600)}Content-Length: 0\r\n\r\n`,
    'E_HEADERS_TOO_LARGE',
  ],
  ['C12 NUL in a header', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
  ['C12 a bare CR in a header', 'HTTP/1.1 200 OK\r\nX-A: a\rb\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
  ['C28 the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'E_PROTOCOL'],
  ['C29 an SSH banner', 'SSH-2.0-OpenSSH_9.9\r\n', 'E_PROTOCOL'],
  ['C29 an FTP banner', '220 FTP server ready\r\n', 'E_PROTOCOL'],
  ['C29 HTTP/0.9', '<html><body>hello</body></html>', 'E_PROTOCOL'],
  ['C29 HTML before the status line', '<p>\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
  ['C29 random bytes', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 'E_PROTOCOL'],
  ['C30 status 099', 'HTTP/1.1 099 Low\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
  ['C30 status -1', 'HTTP/1.1 -1 Negative\r\nContent-Length: 0\r\n\r\n', 'E_PROTOCOL'],
  ['C30 status 999', 'HTTP/1.1 999 High\r\nContent-Length: 0\r\n\r\n', 'E_HTTP_STATUS'],
  [
    'C30 an unasked upgrade',
    'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n',
    'E_PROTOCOL',
  ],
  ['C30 200 without a byte', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n', null],
  ['C30 204 with a body', 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello', null],
  ['endless interim answers', 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(30), 'E_PROTOCOL'],
  [
    'a few interim answers',
    `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(5)}HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
    null,
  ],
]
