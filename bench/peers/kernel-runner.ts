// Times kernel tasks inside a message handler, in a worker thread or in a forked process.
import { parentPort } from 'node:worker_threads'
import { timeTasks, type KernelWork } from './kernel-tasks.ts'

if (parentPort === null) process.on('message', (work: KernelWork) => process.send!(timeTasks(work)))
else parentPort.on('message', (work: KernelWork) => parentPort!.postMessage(timeTasks(work)))
