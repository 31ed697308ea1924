"""CSV files that people made: devices, appointments, crates of boards. Each after the file and its line."""

WORDS: "dict[str, tuple[str, str]]" = {
    "csv.quote": (
        "引号没有在本行内正确闭合，后面的行会被当成同一格；请在本行补上或删去引号（格内不能换行）",
        "a quote is not closed where its cell ends, so that the lines after it would be read as one cell; close it in "
        "this line or take it out (no line breaks within a cell)",
    ),
    "csv.cell": ("一格超过 {most} 个字符；请缩短", "a cell is longer than {most} characters; shorten it"),
    "csv.cells": (
        "有 {cells} 格，首行只有 {columns} 列；请删去多余的逗号，或给含逗号的格加引号",
        "{cells} cells, but the first line names {columns} columns; take the commas out that are too many, or put the "
        "cell that has one in quotes",
    ),
    "csv.column_twice": (
        "列 {column} 写了两次；请删去一列",
        "column {column} is there twice; take one of them out",
    ),
    "csv.no_column": (
        "没有列 {columns}；首行写列名，可用：{known}",
        "no column {columns}; the first line names the columns, of these: {known}",
    ),
    "csv.columns_missing": (
        "缺少列 {columns}；首行写列名，可用：{known}",
        "columns {columns} are missing; the first line names the columns, of these: {known}",
    ),
    "csv.missing": ("缺少 {column}；每行都要填写", "{column} is missing; each line must have it"),
    "csv.count": (
        "共 {count} 行数据，应为 1 至 {most} 行；过多时请分成几个文件",
        "{count} rows, 1 to {most} expected; divide a longer file",
    ),
    "csv.long": (
        "文件有 {bytes} 字节，最多 {most} 字节；请分成几个文件",
        "the file has {bytes} bytes, at most {most} expected; divide it",
    ),
    "csv.coding": (
        "不是文本；请在表格软件里另存为 CSV（UTF-8）",
        "no text; save it from the spreadsheet as CSV (UTF-8)",
    ),
    "csv.control": (
        "含有控制字符 {code}；请删去，或在表格软件里另存为 CSV（UTF-8）",
        "holds the control character {code}; take it out, or save the file from the spreadsheet as CSV (UTF-8)",
    ),
}
