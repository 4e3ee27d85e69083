import type { Translated } from '../../../shared/locales/translate.ts'
import type { stream as source } from '../en/stream.ts'

export const stream: Translated<typeof source> = {
  'live.tab.stream': '执行路径',
  'stream.worker': '工作者 {worker}',
  'stream.loop': 'CPU',
  'stream.loopHint': '事件循环的平均占用：按工作者测量，不细分到单个任务',
  'stream.phase.cpu': 'CPU',
  'stream.phase.connect': '建立连接（DNS、TLS）',
  'stream.phase.firstByte': '等待首字节',
  'stream.phase.waiting': '等待',
  'stream.phase.body': '接收正文',
  'stream.phase.other': '请求之前，或未细分',
  'stream.batch': '从记录 {index} 开始的一批',
  'stream.tries': '尝试 {count} 次，只画出最后一次',
  'stream.binHint': '各阶段占用的时间比例；放大可看到单个任务',
  'stream.note.crawl': '任务完成后出现在这里。CPU 一行是事件循环的平均占用，不细分到单个任务。',
  'stream.note.cpu':
    '任务完成后出现在这里。有多条泳道的工作者另有一条 CPU 泳道：事件循环何时在算、算的是哪个任务。',
  'stream.note.load':
    '画的是批次：运行期间保留最近 65,536 批。每批的 CPU 只知道用了多少，不知道在何时，因此画成高度的比例。',
  'stream.none': '还没有完成的任务',
  'stream.noBatches': '这次载入的批次已不再保留',
  'stream.failure': '读不到执行路径',
  'stream.summary': '执行路径：{lanes} 条泳道上的 {tasks} 个任务；显示 {from} 至 {to}。',
  'stream.spoken': '任务 {index}，工作者 {worker}，泳道 {lane}，开始于 {began}，用时 {lasted}',
  'stream.keys':
    '方向键移动，加减号缩放，0 显示整次运行；句号和逗号在任务间移动，大于号和小于号在泳道间移动，回车打开任务。',
  'stream.overview': '整次运行：点击可查看别处',
  'stream.follow': '跟随最新',
  'stream.zoomIn': '放大（+）',
  'stream.zoomOut': '缩小（−）',
  'stream.whole': '整次运行',
  'stream.asPicture': '显示为泳道',
  'stream.tableMore': '只列出前 {count} 个任务；放大可看到其他任务。',
  'stream.export': '保存执行路径',
  'stream.export.svg': '当前窗口存为 SVG',
  'stream.export.svgWhole': '整次运行存为 SVG',
  'stream.export.trace': '当前窗口存为 Trace Event JSON',
  'stream.export.traceWhole': '整次运行存为 Trace Event JSON',
  'stream.traceHint': '可用 ui.perfetto.dev 打开。',
}
