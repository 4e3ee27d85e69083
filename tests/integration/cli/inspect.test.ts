import { execFileSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Workbench } from '../../support/cli.ts'

let bench: Workbench
beforeEach(() => {
  bench = new Workbench()
})
afterEach(() => bench[Symbol.asyncDispose]())

describe('inspect', () => {
  it('prints what it found for people', async () => {
    bench.write('pages.csv', 'id,url\n1,https://a.example/\n')
    const { code, stdout, stderr } = await bench.run(['inspect', 'pages.csv'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain(`${bench.path('pages.csv')}: records\n`)
    expect(stdout).toMatch(/for +interleave crawl, interleave load\n/)
    expect(stdout).toMatch(/URLs in +url\n/)
  })

  it('prints one document for programs, with what cannot be used among the rest', async () => {
    bench.write('a.txt', 'https://a.example/\n')
    const { code, stdout } = await bench.run(['inspect', 'a.txt', 'b.txt', 'https://c.example/', '--json'])
    expect(code).toBe(5)
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'interleave/inspect@1',
      inputs: [
        { input: bench.path('a.txt'), is: 'list', suits: ['crawl', 'load'] },
        { input: bench.path('b.txt'), is: 'unreadable', failure: { code: 'E_SRC_IO' } },
        { input: 'https://c.example/', is: 'url' },
      ],
    })
  })

  it('does not wait at a pipe', async () => {
    execFileSync('mkfifo', [bench.path('pipe')])
    const { code, stdout } = await bench.run(['inspect', 'pipe'])
    expect(code).toBe(5)
    expect(stdout).toContain('(E_NOT_A_FILE)')
  })

  it('speaks Chinese', async () => {
    bench.write('a.txt', 'a\n')
    const { stdout } = await bench.run(['inspect', 'a.txt'], { env: { INTERLEAVE_LANG: 'zh-CN' } })
    expect(stdout).toMatch(/数据记录\n +可用于 +interleave load\n/)
  })
})
