import { describe, expect, it } from 'vitest'

import { makePauseSwitch } from '../../../../../renderer/views/live/pause-switch.ts'

function makeRun() {
  const asked: boolean[] = []
  const answers: (() => void)[] = []
  let isPaused = false
  const pauseSwitch = makePauseSwitch({
    isPaused: () => isPaused,
    set: wanted => {
      asked.push(wanted)
      isPaused = wanted
      return new Promise<void>(resolve => answers.push(resolve))
    },
  })
  return { pauseSwitch, asked, answers }
}

describe('the switch of a pause', () => {
  it('asks for the other state each time', async () => {
    const { pauseSwitch, asked, answers } = makeRun()
    for (let times = 0; times < 2; times += 1) {
      pauseSwitch.turn()
      const work = pauseSwitch.work()
      answers.shift()!()
      await work
    }
    expect(asked).toEqual([true, false])
  })

  it('does what was asked for before the answer came, once it is there', async () => {
    const { pauseSwitch, asked, answers } = makeRun()
    pauseSwitch.turn()
    const work = pauseSwitch.work()
    pauseSwitch.turn()
    answers.shift()!()
    await Promise.resolve()
    answers.shift()!()
    await work
    expect(asked).toEqual([true, false])
  })

  it('asks for nothing more when it was turned back and forth', async () => {
    const { pauseSwitch, asked, answers } = makeRun()
    pauseSwitch.turn()
    const work = pauseSwitch.work()
    pauseSwitch.turn()
    pauseSwitch.turn()
    answers.shift()!()
    await work
    expect(asked).toEqual([true])
  })

  it('begins anew after a failure', async () => {
    let isDown = true
    const asked: boolean[] = []
    const pauseSwitch = makePauseSwitch({
      isPaused: () => false,
      set: async wanted => {
        asked.push(wanted)
        if (isDown) throw new Error('down')
      },
    })
    pauseSwitch.turn()
    await expect(pauseSwitch.work()).rejects.toThrow('down')
    isDown = false
    pauseSwitch.turn()
    await pauseSwitch.work()
    expect(asked).toEqual([true, true])
  })
})
