import { describe, expect, it } from 'vitest'
import { brotliVerdict } from '../../../../../engine/executor/http/brotli.ts'

describe('brotliVerdict', () => {
  it.each([
    ['20.20.2', false],
    ['22.23.3', false],
    ['22.23.4', true],
    ['22.24.0', true],
    ['23.11.1', false],
    ['24.21.0', false],
    ['24.22.0', false],
    ['24.22.1', true],
    ['25.9.0', false],
    ['26.12.0', false],
    ['26.12.1', true],
    ['27.0.0', true],
  ])('judges Node %s as safe: %s', (version, isSafe) => {
    expect(brotliVerdict(version).isSafe).toBe(isSafe)
  })

  it('says what would help', () => {
    expect(brotliVerdict('24.21.0').reason).toContain('24.22.1 has it')
  })
})
