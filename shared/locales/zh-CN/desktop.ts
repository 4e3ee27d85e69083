import type { desktop as source } from '../en/desktop.ts'
import type { Translated } from '../translate.ts'

export const desktop: Translated<typeof source> = {
  'desktop.refusedSwitch': 'Interleave 不接受 --{name} 启动：这会让其他程序能控制本应用。',
  'desktop.ask.read': '允许读取这个文件吗？',
  'desktop.ask.write': '允许写入这个文件吗？',
  'desktop.ask.allow': '允许',
  'desktop.ask.refuse': '不允许',
  'desktop.choose.files': '选择文件',
  'desktop.choose.folder': '选择文件夹',
  'desktop.close.title': '还有 {count} 个运行正在进行',
  'desktop.close.text': '退出前最多等 5 秒，让进行中的任务结束。已完成的结果都会保留，之后可以接着运行。',
  'desktop.close.quit': '停止并退出',
  'desktop.close.keep': '在后台继续运行',
  'desktop.close.cancel': '取消',
  'desktop.notice.done': '已完成：{title}',
  'desktop.notice.failed': '失败：{title}',
  'desktop.notice.stopped': '已停止：{title}',
  'desktop.notice.text': '成功 {ok} · 失败 {failed} · 共 {total}',
  'desktop.crash.title': '窗口接连几次停止工作',
  'desktop.crash.text': '运行不受影响，仍在进行。可以重新打开窗口，也可以退出；已完成的结果都会保留。',
  'desktop.crash.again': '重新打开窗口',
  'desktop.crash.quit': '退出',
  'desktop.openFailed': '打不开',
}
