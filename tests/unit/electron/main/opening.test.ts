import { EventEmitter } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { Grants } from '../../../../electron/main/grants.ts'
import { Opening } from '../../../../electron/main/opening.ts'
import { readOpened } from '../../../../electron/main/opened.ts'

describe('Opening', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'interleave-opening-'))
    file = join(folder, 'urls.txt')
    writeFileSync(file, 'https://a.example/\n')
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  const start = () => {
    const app = new EventEmitter()
    const wishes: unknown[] = []
    const problems: Error[] = []
    const opened = Promise.withResolvers<void>()
    const grants = new Grants(folder)
    const opening = new Opening({
      grants,
      wish: wish => wishes.push(wish),
      onProblem: error => problems.push(error),
      onOpened: () => opened.resolve(),
    })
    opening.attach(app as never)
    return { app, opening, wishes, problems, grants, opened: opened.promise }
  }

  it.each([
    ['its own arguments', ({ opening }) => void opening.take(['--flag', 'urls.txt'], folder)],
    ['the open-file event', ({ app }) => app.emit('open-file', { preventDefault: () => undefined }, file)],
    [
      'a second start',
      ({ app }) => app.emit('second-instance', {}, ['--changed'], '/', { words: ['urls.txt'], cwd: folder }),
    ],
    ['a drop on the icon', ({ opening }) => void opening.take([pathToFileURL(file).href], '/')],
  ] satisfies [string, (started: ReturnType<typeof start>) => unknown][])(
    'opens the same file the same way from %s',
    async (_from, open) => {
      const started = start()
      open(started)
      await started.opened
      expect(started.wishes).toEqual([{ type: 'open', inputs: [file] }])
      expect(started.problems).toEqual([])
      expect(started.grants.mayRead(file)).toBe(true)
    },
  )

  it('says what cannot be opened, and opens the rest', async () => {
    const { opening, wishes, problems } = start()
    await opening.take([join(folder, 'none.txt'), file], '/')
    expect(wishes).toEqual([{ type: 'open', inputs: [file] }])
    expect(problems.map(String)).toEqual([expect.stringContaining('ENOENT')])
  })

  it('takes what another program says of a second start for nothing when it is no start', async () => {
    const { app, wishes, opened } = start()
    app.emit('second-instance', {}, [], '/', { words: [7, null], cwd: {} })
    await opened
    expect(wishes).toEqual([])
  })
})

describe('readOpened', () => {
  it('knows addresses of the web and files, and no other scheme, switch or broken address', () => {
    const words = [
      '',
      '--remote-debugging-port=1',
      '-x',
      'a\0b',
      'https://a.example/x?y',
      'HTTP://b.example',
      'http://[',
      'file:///tmp/a%20b.txt',
      'file:///tmp/%zz',
      'javascript:alert(1)',
      'interleave://run',
      '../list.txt',
    ]
    expect(readOpened(words, '/home/me')).toEqual([
      { is: 'url', url: 'https://a.example/x?y' },
      { is: 'url', url: 'HTTP://b.example' },
      { is: 'path', path: '/tmp/a b.txt' },
      { is: 'path', path: '/home/list.txt' },
    ])
  })
})
