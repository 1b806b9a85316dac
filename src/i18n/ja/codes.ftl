# 画面に出る符号
language-ja = 日本語
language-en = English
theme-auto = 自動
theme-light = 明
theme-dark = 暗

role-administrator = 管理者
role-supervisor = 責任者
role-dispatcher = 受付・手配
role-firm = 協力会社
role-technician = 作業員
role-billing = 経理
role-claims_support = 保険金請求支援

priority-P0 = P0 生命の危険
priority-P1 = P1 至急
priority-P2 = P2 当日
priority-P3 = P3 予約

trade-water = 水回り
trade-lock = 鍵

stage-open = 未手配
stage-asked = 打診中
stage-coming = 向かっている
stage-there = 現場
stage-planned = 予約

job-state-unassigned = 手配待ち
job-state-held = 保留
job-state-booked = 訪問予約
job-state-offered = 打診中
job-state-accepted = 受諾・作業員未定
job-state-assigned = 受諾済み
job-state-en_route = 移動中
job-state-on_site = 到着
job-state-working = 作業中
job-state-paused = 中断
job-state-awaiting_return = 再訪問待ち
job-state-completed = 完了
job-state-cancelled = 取消
job-state-no_coverage = 対応地域外

clock-answer_due = 回答期限まで
clock-naming_due = 作業員の指名期限まで
clock-looks_again = 次の手配まで
clock-visit_begins = 訪問開始まで
clock-arrival_due = 到着予定まで
clock-since = この状態になってから
clock-free_until = 無料時間の残り
clock-paused_free_left = 無料時間の残り(中断中)

subject-call = 電話
subject-case = 案件
subject-job = 出動
subject-firm = 協力会社
subject-technician = 作業員
subject-consumer = 経理連携
subject-token = アクセストークン
subject-reference = 基準データ
subject-alarm = アラーム
subject-shift = 引き継ぎ
subject-referral = 取り次ぎ
subject-user = 利用者
subject-webhook = 外部通知先
subject-message = 通知
subject-review = 記録の確認
subject-dispute = 請求への異議
subject-retention = 保存期間の処理
subject-log = 記録

alarm-appointment_at_risk = 予約訪問に間に合わないおそれ
alarm-call_back_due = 折り返し電話が必要
alarm-cannot_go_on = 自動処理が進められない
alarm-danger_on_job = 派遣後に危険が判明
alarm-displaced = 予約の振り替えが必要
alarm-doubtful_report = 疑わしい現場報告
alarm-held = 保留のまま
alarm-ladder_ended = 手配先が見つからない
alarm-late_arrival = 到着予定を過ぎた
alarm-no_coverage = 対応できる会社がない地域
alarm-not_departed = 受諾後、出発していない
alarm-not_to_be_sent = 担当者が派遣できない状態
alarm-not_named = 作業員が指名されていない
alarm-place_changed = 住所の変更を伝える
alarm-referral_follow_up = 取り次ぎ先への確認
alarm-refusals = 断り・無回答が3件
alarm-overlong = 作業が長引いている
alarm-stalled = 移動が止まっている
alarm-visit_off_duty = 予約訪問の担当者が休み
alarm-waiting_on_site = 到着後、作業が始まっていない
alarm-no_access = 現地で入室できない
alarm-return_due = 再訪問の予定がない
alarm-review_waiting = 責任者の確認待ち
