"""Audit log, vault and backups, on the command line."""

WORDS: "dict[str, tuple[str, str]]" = {
    # Audit log, vault, backups: hub/cli/audit.py, hub/cli/vault.py, hub/cli/backup.py.
    "cli.audit": ("审计记录", "audit log"),
    "cli.audit.who": ("操作人", "by"),
    "cli.audit.from": ("来源", "from"),
    "cli.audit.what": ("操作", "act"),
    "cli.audit.asked": ("内容", "asked"),
    "cli.audit.outcome": ("结果", "outcome"),
    "cli.audit.change": ("变更前 → 变更后", "before → after"),
    "cli.audit.none": (
        "{folder} 中没有审计记录：请用 --folder 指定叫号系统的数据目录",
        "there is no audit log in {folder}: name the hub's folder with --folder",
    ),
    "cli.audit.whole": (
        "审计记录完整，共 {count} 条，末条摘要 {hash}…；日志与已封存的部分一致",
        "the log is whole: {count} rows, the last is {hash}…; the journal is as it was sealed",
    ),
    "cli.audit.exported": ("已将 {count} 条记录导出到 {file}", "{count} rows written to {file}"),
    "cli.vault.status": (
        "隐私库中有 {persons} 人，最后一次来访后保留 {keep_days} 天（0：当天结束即清除）；"
        "留言 {words} 条，保留 {words_days} 天",
        "{persons} people are known, kept for {keep_days} days after they were last here (0: until the day's turn); "
        "what was written, {words} times, is kept for {words_days} days",
    ),
    "cli.vault.name": ("姓名", "name"),
    "cli.vault.card": ("身份证号", "card"),
    "cli.vault.phone": ("手机号", "phone"),
    "cli.vault.code": ("预约码", "code"),
    "cli.vault.one": (
        "请用 --visitor、--card、--phone、--ticket 四者之一指明要删除的人",
        "name the person by one of --visitor, --card, --phone, --ticket",
    ),
    "cli.vault.erased": ("已删除 {erased} 人的个人信息、{words} 条留言", "{erased} people and {words} notes erased"),
    "cli.backup.made": (
        "已备份到 {folder}：{files} 个文件，日志至第 {position} 条",
        "backed up to {folder}: {files} files, the journal up to {position}",
    ),
    "cli.backup.no_keys": (
        "备份中不含 vault.key、words.key 和 audit.key：请另行妥善保管，恢复时用 --keys 指定",
        "vault.key, words.key and audit.key are not in it: keep them elsewhere, and name them with --keys to restore",
    ),
    "cli.backup.restored": (
        "已从 {made} 的备份恢复到 {folder}，日志至第 {position} 条，每项业务跳过 {skipped} 个号；"
        "请确认原系统已停止，再启动：hallhub --folder {folder} up",
        "restored to {folder} from the backup of {made}, the journal up to {position}; "
        "{skipped} numbers of each service are left out; "
        "make sure the old hub is stopped, then: hallhub --folder {folder} up",
    ),
    "cli.audit.purged": ("已清除 {count} 条到期的审计记录", "{count} rows that were old enough are gone"),
}
