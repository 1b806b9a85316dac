# 事務の画面に共通
nav-office = 管理
nav-kpi = 指標
span-from = 開始
span-to = 終了
span-show = 表示
amount-yen = { $amount } 円

day-class-weekday = 平日
day-class-sat = 土曜
day-class-sun = 日曜
day-class-holiday = 祝日
day-class-year_end = 年末年始

nav-reviews = 記録の確認
open-statement = 明細書を開く
choose = 選択してください

review-state-open = 未決定
review-state-decided = 決定済み
review-state-gone = 解消

pause-waiting_third_party = 第三者を待つ
pause-parts_fetch = 部品の調達
pause-customer_unavailable = 利用者不在
pause-safety_stop = 安全のため停止
pause-break = 休憩
pause-police = 警察対応
pause-quote_discussion = 見積もりの相談

job-outcome-completed = 完了
job-outcome-completed_with_referral = 応急処置のうえ取り次ぎ
job-outcome-stopped_referred = 中止して取り次ぎ
job-outcome-aborted_unsafe = 危険のため中止
job-outcome-refused_opening = 開錠を断った
