//! Doubts, rulings and reasons in words: Japanese and English.

use super::{DecisionReason, Ruling};
use crate::domain::facts::FlagCode;

/// What a flag says: (Japanese, English).
#[must_use]
#[expect(clippy::too_many_lines, reason = "it is a list of texts")]
pub fn flag_words(code: FlagCode) -> (&'static str, &'static str) {
    match code {
        FlagCode::ClockSkew => (
            "端末の時計が2時間以上ずれているか、作業中に変更されています",
            "The device's clock is off by more than two hours, or was set meanwhile",
        ),
        FlagCode::ImplausibleTime => (
            "送信した時刻より後の出来事として報告されています",
            "It is said to have happened after it was sent",
        ),
        FlagCode::ImplausibleInterval => {
            ("休みなしの作業が12時間を超えています", "Work without a pause for more than 12 hours")
        }
        FlagCode::MissingStart => (
            "作業開始の報告がないまま、終了・中断・再開が報告されています",
            "Work ended, paused or went on without having begun",
        ),
        FlagCode::WorkInDanger => (
            "危険が解除される前、または本人確認の方法がないまま、安全確保のほかの作業が始められています",
            "Work other than making safe was begun before a danger was cleared, or with no way to check the identity",
        ),
        FlagCode::MissingEnd => ("作業終了の報告がありません", "Work began and its end was not reported"),
        FlagCode::Overlap => (
            "同じ作業員の作業が、2台の端末または2件の出動で同じ時間に報告されています",
            "Work of one technician is reported at the same time by two devices, or on two jobs",
        ),
        FlagCode::SequenceHole => {
            ("端末からまだ届いていない報告があります", "Reports of a device have not arrived")
        }
        FlagCode::SequenceReused => {
            ("端末が同じ番号を2つの報告に付けています", "A device has given one number to two reports")
        }
        FlagCode::OutsideSite => (
            "到着前、移動中または完了後の作業が報告されています",
            "Work before arrival, on the way, or after completion",
        ),
        FlagCode::ConsentRecordedLate => (
            "同意の記録が、同意したとされる時刻から15分以上遅れています",
            "A consent was written down more than 15 minutes after it is said to have been given",
        ),
        FlagCode::OverLimits => ("1件の出動として請求できる範囲を超えています", "More than one job can hold"),
        FlagCode::WorkAfterFailedCheck => (
            "本人確認ができなかった後の作業が報告されています",
            "Work is reported after an identity check that failed",
        ),
        FlagCode::ChargedAfterFinding => (
            "家主・管理会社の担当と分かった後に、承諾のない部品・特殊作業が報告されています",
            "A part or special work after the trouble was found to be the landlord's, without authority",
        ),
        FlagCode::ChargedOnRework => (
            "やり直しの作業なのに、部品・特殊作業が報告されています",
            "A part or special work was sold on a job that puts the contractor's own fault right",
        ),
        FlagCode::DoubtfulOutcome => {
            ("作業結果の報告が食い違っています", "The outcome of the job is contradicted")
        }
        FlagCode::MissingIdCheck => (
            "鍵の作業なのに、本人確認の報告がありません",
            "A lock was worked on, and no identity check that passed is reported",
        ),
        FlagCode::BeforeAssignment => (
            "担当になる前の出来事として報告されています(記録に算入していません)",
            "It is said to have happened before its assignment; it is not counted",
        ),
        FlagCode::AfterRelease => (
            "担当を外れた後の出来事、または危険のある出動について担当を外れた後に届いた終了報告です(記録に算入していません)",
            "It is said to have happened after its assignment was over, or ends a dangerous job that others have; it is not counted",
        ),
        FlagCode::ReporterSuspended => (
            "停止中の会社・作業員から、担当を外れた案件について報告されています(記録に算入していません)",
            "It is told by somebody suspended of a job they do not have any more; it is not counted",
        ),
        FlagCode::BeforeJob => (
            "出動の受付より前の出来事として報告されています(記録に算入していません)",
            "It is said to have happened before the job was made; it is not counted",
        ),
        FlagCode::TooLate => (
            "出来事から48時間を過ぎて届きました(記録に算入していません)",
            "It was received more than 48 hours after its time; it is not counted",
        ),
        FlagCode::NotArrived => (
            "到着も作業開始も報告のないまま、完了・不在などが報告されています(記録に算入していません)",
            "An end is reported without an arrival or begun work; it is not counted",
        ),
        FlagCode::PaymentWithoutWork => (
            "請求の対象となる作業をしていない作業員が受け取ったという支払いです(記録に算入していません)",
            "Money is said to have been taken by somebody who did no work that is billed; it is not counted",
        ),
        FlagCode::ConsentOutOfOrder => (
            "同意の時刻が、その端末の前後の報告と合いません(記録に算入していません)",
            "The device's other reports contradict the time of a consent; it is not counted",
        ),
        FlagCode::ConsentTooLate => (
            "同意が、請求の確定後か完了報告から1時間より後に届いたか、対象となる作業の開始後に記録され、または届きました",
            "A consent was received after the bill was made or more than an hour after the completion, or was written down or received after the work it covers had begun",
        ),
        FlagCode::FilledLate => (
            "請求の確定時に届いていなかった番号の報告、または担当を外れた作業員の作業の報告です(記録に算入していません)",
            "It fills a number that was missing when the bill was made, or is work of somebody taken off before; it is not counted",
        ),
        FlagCode::OthersWork => (
            "担当を外れた作業員から、ほかの担当者の作業に関わる同意または本人確認の報告が後から届きました(記録に算入していません)",
            "Somebody taken off the job tells late of a consent or an identity check that others' work would rest on; it is not counted",
        ),
        FlagCode::AfterCancellation => (
            "取り消した出動について、作業・同意・支払いの報告が届きました(記録に算入していません)",
            "Work, a consent or money is reported of a job that had been called off; it is not counted",
        ),
        FlagCode::PayerUnconfirmed => (
            "作業員の報告だけで、本人以外が支払者とされています",
            "Another payer than the resident is named by the technician's word alone",
        ),
        FlagCode::ConsentLanguage => (
            "同意の言語が、このサービスの対応言語に含まれていません",
            "A consent names a language that the programme does not serve",
        ),
        FlagCode::ConsentText => (
            "同意の説明文(版)が、その言語では発行されていません",
            "A consent names a text that was not issued in its language",
        ),
        FlagCode::ConsentNotUnderstood => (
            "同意の内容がどう伝わったか記録がありません(作業員の言語・通訳・画面表示のいずれも確認できません)",
            "Nothing on record says how the payer understood a consent: no interpreter of the language was on the line",
        ),
        FlagCode::ConsentEvidence => (
            "同意に記された署名・録音が見つかりません",
            "The signature or recorded call that a consent names was not there",
        ),
        FlagCode::UnknownWork => (
            "特殊作業のコードが登録されていません",
            "A special work was reported under a code that does not exist",
        ),
        FlagCode::LandlordNotAsked => (
            "家主の同意の記録も、責任者の判断の記録もないまま、交換が報告されています",
            "A replacement was reported, and neither the landlord's consent nor anybody who answers for it is on record",
        ),
        FlagCode::Unlicensed => (
            "この地域で指定のない事業者が、指定給水装置工事事業者の資格が要る作業を報告しています(応急措置のみ可)",
            "Work that takes the designation of the water utility was reported by a firm without it: it may only make safe",
        ),
        FlagCode::PaymentForNothing => (
            "料金のかからない出動について、支払いの受領が報告されています(入金に算入していません)",
            "Money is said to have been taken for a job that costs nothing; it is not counted",
        ),
        FlagCode::PaymentOverpaid => (
            "請求残額を超える支払いの受領が報告されています",
            "More money is said to have been taken than is due",
        ),
        FlagCode::PaymentRepeated => (
            "記録済みの入金と同じと思われる支払いが報告されています(入金に算入していません)",
            "Money is said to have been taken that looks like a payment already recorded; it is not counted",
        ),
        FlagCode::CorrectionOutdated => (
            "修正を決めた後に、同じ作業員の作業時間の報告が変わりました",
            "The reported work of a technician has changed since it was corrected",
        ),
    }
}

impl Ruling {
    /// In words: (Japanese, English).
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Accept => ("記録のとおり認める", "accepted as recorded"),
            Self::Correct => ("記録を訂正する", "record corrected"),
            Self::WriteOff => ("請求しない", "not billed"),
            Self::Rescind => ("契約の解除(クーリング・オフ)", "contract rescinded (cooling-off)"),
        }
    }
}

impl DecisionReason {
    /// In words: (Japanese, English).
    #[must_use]
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::ConfirmedByPhone => ("電話で確認", "confirmed by telephone"),
            Self::ConfirmedByEvidence => {
                ("写真・署名・録音で確認", "confirmed by pictures, signature or recording")
            }
            Self::DeviceClock => ("端末の時計の誤り", "wrong clock of the device"),
            Self::DeviceLost => ("端末の紛失・故障", "device lost or broken"),
            Self::ReportForgotten => ("報告漏れ", "not reported at the time"),
            Self::EnteredTwice => ("二重の報告", "reported twice"),
            Self::NotAgreed => ("同意がなかったため", "not agreed to"),
            Self::PoorWork => ("作業の不備", "work not done properly"),
            Self::Goodwill => ("事業者の負担とする配慮", "goodwill"),
            Self::CoolingOff => ("クーリング・オフの申出", "cooling-off exercised"),
            Self::Other => ("その他", "other"),
        }
    }
}
