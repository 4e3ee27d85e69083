import type { LoadCommand } from '../../../shared/model/fields/load.ts'
import type { CommandPlan } from '../../load/command-plan.ts'
import type { RecordView } from '../../load/record-view.ts'
import { digitsOf, type Template } from '../../load/template.ts'
import type { Refusal } from '../../source/cursor.ts'
import type { BatchBuffer } from './batch-buffer.ts'
import { ARGUMENT_LIMIT_BYTES, argumentBytes, RecordArguments, tooLong } from './record-arguments.ts'
import {
  AROUND_BYTES,
  behindArgument,
  behindLength,
  lengthAt,
  writeArgument,
  writeArrayLength,
  writeBytes,
  writeNumber,
} from './resp.ts'

/** Turns records into commands. */
export interface RecordEncoder {
  /** Writes the record behind the others. @returns Why it cannot be written. */
  add(record: RecordView, into: BatchBuffer): Refusal | null
}

/** Finds the commands again when one of them was refused. */
export interface CommandFinder {
  /** @returns Where the key of the record at `at` is: its bytes and those of its length in front. */
  keyAt(bytes: Buffer, at: number): number
  /** @returns Where the record behind the one at `at` begins. */
  behind(bytes: Buffer, at: number): number
}

/** Most arguments of a command: Redis 6 takes 2^20. */
const ARGUMENT_LIMIT = 1_000_000
/** Lua hands no more than 8,000 values to a function. */
const SCRIPT_ARGUMENT_LIMIT = 7_900

/** `set`: key and value of each record; what stands before them is written when the batch is sent. */
export class PairEncoder implements RecordEncoder, CommandFinder {
  readonly #key: Template
  readonly #value: Template
  /** `{index}` and `{line}`, which are worth a way of their own. */
  readonly #isUsual: boolean

  constructor(plan: CommandPlan) {
    this.#key = plan.key
    this.#value = plan.value
    this.#isUsual = plan.key.isIndexOnly && plan.value.isTextOnly
  }

  add(record: RecordView, into: BatchBuffer): Refusal | null {
    if (this.#isUsual) return addUsual(record, into)
    const keyBytes = this.#key.measure(record)
    if (keyBytes < 0) return this.#key.problem
    const valueBytes = this.#value.measure(record)
    if (valueBytes < 0) return this.#value.problem
    if (keyBytes > ARGUMENT_LIMIT_BYTES || valueBytes > ARGUMENT_LIMIT_BYTES) return tooLong(record)
    into.room(keyBytes + valueBytes + 2 * AROUND_BYTES)
    const at = writeArgument(this.#key, keyBytes, record, into.bytes, into.end)
    into.end = writeArgument(this.#value, valueBytes, record, into.bytes, at)
    into.records += 1
    return null
  }

  keyAt(_bytes: Buffer, at: number): number {
    return at
  }

  behind(bytes: Buffer, at: number): number {
    return behindArgument(bytes, behindArgument(bytes, at))
  }
}

/** No line is so long that it would have to be refused. */
function addUsual({ index, text, textStart, textEnd }: RecordView, into: BatchBuffer): null {
  into.room(textEnd - textStart + 3 * AROUND_BYTES)
  const at = writeNumber(index, into.bytes, into.end)
  into.end = writeBytes(text, textStart, textEnd, into.bytes, at)
  into.records += 1
  return null
}

/** Every other command: `*n`, its name, its arguments. */
export class CommandEncoder implements RecordEncoder, CommandFinder {
  readonly #arguments: RecordArguments
  readonly #name: Buffer

  constructor(plan: CommandPlan) {
    this.#arguments = new RecordArguments(plan, ARGUMENT_LIMIT)
    this.#name = nameBytes(plan.command)
  }

  add(record: RecordView, into: BatchBuffer): Refusal | null {
    const refusal = this.#arguments.measure(record)
    if (refusal) return refusal
    into.room(this.#arguments.bytes + this.#name.length + AROUND_BYTES)
    let at = writeArrayLength(this.#arguments.count + 1, into.bytes, into.end)
    at += this.#name.copy(into.bytes, at)
    into.end = this.#arguments.write(record, into.bytes, at)
    into.records += 1
    return null
  }

  keyAt(bytes: Buffer, at: number): number {
    return behindArgument(bytes, behindLength(bytes, at))
  }

  behind(bytes: Buffer, at: number): number {
    let next = behindLength(bytes, at)
    for (let left = lengthAt(bytes, at); left > 0; left -= 1) next = behindArgument(bytes, next)
    return next
  }
}

/**
 * For the script of commands that are written once: task index, count of arguments, arguments. A record that cannot be
 * written is noted there too, with a count of 0 and the reason: whoever finds its task done must know how it ended.
 */
export class ScriptEncoder implements RecordEncoder {
  readonly #arguments: RecordArguments

  constructor(plan: CommandPlan) {
    this.#arguments = new RecordArguments(plan, SCRIPT_ARGUMENT_LIMIT)
  }

  add(record: RecordView, into: BatchBuffer): Refusal | null {
    const refusal = this.#arguments.measure(record)
    if (refusal) return note(record, refusal, into)
    into.room(this.#arguments.bytes + 2 * (AROUND_BYTES + digitsOf(record.taskIndex)))
    let at = writeNumber(record.taskIndex, into.bytes, into.end)
    at = writeNumber(this.#arguments.count, into.bytes, at)
    into.end = this.#arguments.write(record, into.bytes, at)
    into.records += 1
    into.arguments += 2 + this.#arguments.count
    return null
  }

  /** Takes the records of tasks below `task` out of the front of the batch. @returns How many. */
  skip(buffer: BatchBuffer, task: number): number {
    const before = buffer.records
    while (buffer.start < buffer.end && numberAt(buffer.bytes, buffer.start) < task) {
      const { bytes } = buffer
      const count = numberAt(bytes, behindArgument(bytes, buffer.start))
      const taken = 2 + Math.max(count, 1)
      for (let left = taken; left > 0; left -= 1) buffer.start = behindArgument(bytes, buffer.start)
      buffer.arguments -= taken
      if (count > 0) buffer.records -= 1
    }
    return before - buffer.records
  }
}

function note({ taskIndex }: RecordView, refusal: Refusal, into: BatchBuffer): Refusal {
  const text = Buffer.from(`${refusal.code} ${refusal.message}`)
  into.room(text.length + 4 * AROUND_BYTES)
  let at = writeNumber(taskIndex, into.bytes, into.end)
  at = writeNumber(0, into.bytes, at)
  into.end = writeBytes(text, 0, text.length, into.bytes, at)
  into.arguments += 3
  return refusal
}

const numberAt = (bytes: Buffer, at: number): number => {
  const from = behindLength(bytes, at)
  return Number(bytes.toString('latin1', from, from + lengthAt(bytes, at)))
}

const nameBytes = (command: LoadCommand): Buffer => argumentBytes(command.toUpperCase())

/** Stands before the pairs of a batch. */
export const msetHeader = (records: number): Buffer => Buffer.from(`*${1 + 2 * records}\r\n$4\r\nMSET\r\n`)
