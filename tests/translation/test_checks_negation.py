"""Negation in ten languages: sentences that keep it, and the same without it."""

from __future__ import annotations

import pytest

from briefings.translation.checks import Severity, check_segment

STRANGERS = "Do not open the door to people you do not know."
HURT = "Nobody was hurt."
ROAD = "The road isn't open, and you can't drive through the park."
DANGER = "There is no danger to the public."
CANDLE = "Never leave a candle without someone to watch it."
PAY = "You will not be asked to pay, and you need not give your address."

PAIRS = [
    (
        "ro",
        STRANGERS,
        "Nu deschideți ușa persoanelor pe care nu le cunoașteți.",
        "Deschideți ușa persoanelor pe care nu le cunoașteți.",
    ),
    (
        "ur",
        STRANGERS,
        "جن لوگوں کو آپ نہیں جانتے، ان کے لیے دروازہ نہ کھولیں۔",
        "جن لوگوں کو آپ نہیں جانتے، ان کے لیے دروازہ کھولیں۔",
    ),
    (
        "bg",
        STRANGERS,
        "Не отваряйте вратата на хора, които не познавате.",
        "Отваряйте вратата на хора, които не познавате.",
    ),
    ("pl", STRANGERS, "Prosimy nie otwierać drzwi nieznajomym.", "Prosimy otwierać drzwi znajomym."),
    ("tr", STRANGERS, "Tanımadığınız kişilere kapıyı açmayın.", "Tanımadığınız kişilere kapıyı açın."),
    ("es", STRANGERS, "No abra la puerta a personas que no conoce.", "Abra la puerta a personas que no conoce."),
    (
        "pt-PT",
        STRANGERS,
        "Não abra a porta a desconhecidos que não espera.",
        "Abra a porta a desconhecidos que não espera.",
    ),
    (
        "pa",
        STRANGERS,
        "ਜਿਨ੍ਹਾਂ ਲੋਕਾਂ ਨੂੰ ਤੁਸੀਂ ਨਹੀਂ ਜਾਣਦੇ, ਉਨ੍ਹਾਂ ਲਈ ਦਰਵਾਜ਼ਾ ਨਾ ਖੋਲ੍ਹੋ।",
        "ਜਿਨ੍ਹਾਂ ਲੋਕਾਂ ਨੂੰ ਤੁਸੀਂ ਨਹੀਂ ਜਾਣਦੇ, ਉਨ੍ਹਾਂ ਲਈ ਦਰਵਾਜ਼ਾ ਖੋਲ੍ਹੋ।",
    ),
    ("it", STRANGERS, "Non apra la porta a persone che non conosce.", "Apra la porta a persone che non conosce."),
    ("ta", STRANGERS, "தெரியாதவர்களுக்குக் கதவைத் திறக்காதீர்கள்.", "தெரியாதவர்களுக்குக் கதவைத் திறங்கள்."),
    ("ro", HURT, "Nimeni nu a fost rănit.", "Cineva a fost rănit."),
    ("ur", HURT, "کوئی زخمی نہیں ہوا۔", "کوئی زخمی ہوا۔"),
    ("bg", HURT, "Няма пострадали.", "Има пострадали."),
    ("pl", HURT, "Nikt nie został ranny.", "Ktoś został ranny."),
    ("tr", HURT, "Kimse yaralanmadı.", "Biri yaralandı."),
    ("es", HURT, "Nadie resultó herido.", "Alguien resultó herido."),
    ("pt-PT", HURT, "Ninguém ficou ferido.", "Alguém ficou ferido."),
    ("pa", HURT, "ਕੋਈ ਜ਼ਖ਼ਮੀ ਨਹੀਂ ਹੋਇਆ।", "ਕੋਈ ਜ਼ਖ਼ਮੀ ਹੋਇਆ।"),
    ("it", HURT, "Nessuno è rimasto ferito.", "Qualcuno è rimasto ferito."),
    ("ta", HURT, "யாரும் காயமடையவில்லை.", "ஒருவர் காயமடைந்தார்."),
    (
        "ro",
        ROAD,
        "Strada nu este deschisă și nu puteți conduce prin parc.",
        "Strada este deschisă și nu puteți conduce prin parc.",
    ),
    (
        "ur",
        ROAD,
        "سڑک کھلی نہیں ہے اور آپ پارک سے گاڑی نہیں گزار سکتے۔",
        "سڑک کھلی ہے اور آپ پارک سے گاڑی نہیں گزار سکتے۔",
    ),
    (
        "bg",
        ROAD,
        "Пътят не е отворен и не можете да карате през парка.",
        "Пътят е отворен и не можете да карате през парка.",
    ),
    (
        "pl",
        ROAD,
        "Droga nie jest otwarta i nie można przejechać przez park.",
        "Droga jest otwarta i nie można przejechać przez park.",
    ),
    (
        "tr",
        ROAD,
        "Yol açık değil ve parkın içinden araçla geçemezsiniz.",
        "Yol açık ve parkın içinden araçla geçemezsiniz.",
    ),
    (
        "es",
        ROAD,
        "La calle no está abierta y no se puede circular por el parque.",
        "La calle está abierta y no se puede circular por el parque.",
    ),
    (
        "pt-PT",
        ROAD,
        "A rua não está aberta e não pode conduzir pelo parque.",
        "A rua está aberta e não pode conduzir pelo parque.",
    ),
    ("pa", ROAD, "ਸੜਕ ਖੁੱਲ੍ਹੀ ਨਹੀਂ ਹੈ ਅਤੇ ਤੁਸੀਂ ਪਾਰਕ ਵਿੱਚੋਂ ਗੱਡੀ ਨਹੀਂ ਲੰਘਾ ਸਕਦੇ।", "ਸੜਕ ਖੁੱਲ੍ਹੀ ਹੈ ਅਤੇ ਤੁਸੀਂ ਪਾਰਕ ਵਿੱਚੋਂ ਗੱਡੀ ਨਹੀਂ ਲੰਘਾ ਸਕਦੇ।"),
    (
        "it",
        ROAD,
        "La strada non è aperta e non si può attraversare il parco in auto.",
        "La strada è aperta e non si può attraversare il parco in auto.",
    ),
    ("ta", ROAD, "சாலை திறக்கப்படவில்லை, பூங்கா வழியாக வாகனம் ஓட்ட முடியாது.", "சாலை திறக்கப்பட்டுள்ளது, பூங்கா வழியாக வாகனம் ஓட்ட முடியாது."),
    ("ro", DANGER, "Nu există niciun pericol pentru public.", "Există pericol pentru public."),
    ("ur", DANGER, "عوام کو کوئی خطرہ نہیں ہے۔", "عوام کو خطرہ ہے۔"),
    ("bg", DANGER, "Няма опасност за хората.", "Има опасност за хората."),
    ("pl", DANGER, "Nie ma zagrożenia dla mieszkańców.", "Jest zagrożenie dla mieszkańców."),
    ("tr", DANGER, "Halk için tehlike yoktur.", "Halk için tehlike vardır."),
    ("es", DANGER, "No hay peligro para la población.", "Hay peligro para la población."),
    ("pt-PT", DANGER, "Não há perigo para o público.", "Há perigo para o público."),
    ("pa", DANGER, "ਲੋਕਾਂ ਨੂੰ ਕੋਈ ਖ਼ਤਰਾ ਨਹੀਂ ਹੈ।", "ਲੋਕਾਂ ਨੂੰ ਖ਼ਤਰਾ ਹੈ।"),
    ("it", DANGER, "Non c'è pericolo per il pubblico.", "C'è pericolo per il pubblico."),
    ("ta", DANGER, "பொதுமக்களுக்கு ஆபத்து இல்லை.", "பொதுமக்களுக்கு ஆபத்து உள்ளது."),
    (
        "ro",
        CANDLE,
        "Nu lăsați niciodată o lumânare aprinsă fără supraveghere.",
        "Lăsați o lumânare aprinsă fără supraveghere.",
    ),
    ("ur", CANDLE, "موم بتی کو کبھی نگرانی کے بغیر نہ چھوڑیں۔", "موم بتی کو نگرانی کے بغیر چھوڑیں۔"),
    ("bg", CANDLE, "Никога не оставяйте свещ без надзор.", "Оставяйте свещ без надзор."),
    ("pl", CANDLE, "Nigdy nie należy zostawiać świecy bez nadzoru.", "Należy zostawiać świecę bez nadzoru."),
    ("tr", CANDLE, "Mumu asla başında biri olmadan bırakmayın.", "Mumu başında biri olmadan bırakın."),
    ("es", CANDLE, "Nunca deje una vela sin vigilancia.", "Deje una vela sin vigilancia."),
    ("pt-PT", CANDLE, "Nunca deixe uma vela sem vigilância.", "Deixe uma vela sem vigilância."),
    ("pa", CANDLE, "ਮੋਮਬੱਤੀ ਨੂੰ ਕਦੇ ਵੀ ਨਿਗਰਾਨੀ ਬਿਨਾਂ ਨਾ ਛੱਡੋ।", "ਮੋਮਬੱਤੀ ਨੂੰ ਨਿਗਰਾਨੀ ਬਿਨਾਂ ਛੱਡੋ।"),
    ("it", CANDLE, "Non lasci mai una candela senza sorveglianza.", "Lasci una candela senza sorveglianza."),
    ("ta", CANDLE, "மெழுகுவர்த்தியைக் கண்காணிப்பு இல்லாமல் ஒருபோதும் விடாதீர்கள்.", "மெழுகுவர்த்தியைக் கண்காணிப்பு இல்லாமல் விடுங்கள்."),
    (
        "ro",
        PAY,
        "Nu vi se va cere să plătiți și nu trebuie să vă dați adresa.",
        "Vi se va cere să plătiți și nu trebuie să vă dați adresa.",
    ),
    (
        "ur",
        PAY,
        "آپ سے پیسے نہیں مانگے جائیں گے، اور پتا دینا ضروری نہیں۔",
        "آپ سے پیسے مانگے جائیں گے، اور پتا دینا ضروری نہیں۔",
    ),
    (
        "bg",
        PAY,
        "Няма да ви искат пари и не е нужно да давате адреса си.",
        "Ще ви искат пари и не е нужно да давате адреса си.",
    ),
    (
        "pl",
        PAY,
        "Nikt nie poprosi o zapłatę i nie trzeba podawać adresu.",
        "Ktoś poprosi o zapłatę i nie trzeba podawać adresu.",
    ),
    (
        "tr",
        PAY,
        "Sizden ödeme istenmeyecek ve adresinizi vermeniz gerekmiyor.",
        "Sizden ödeme istenecek ve adresinizi vermeniz gerekmiyor.",
    ),
    (
        "es",
        PAY,
        "No se le pedirá que pague, y no hace falta que dé su dirección.",
        "Se le pedirá que pague, y no hace falta que dé su dirección.",
    ),
    (
        "pt-PT",
        PAY,
        "Não lhe será pedido que pague e não precisa de dar a sua morada.",
        "Ser-lhe-á pedido que pague e não precisa de dar a sua morada.",
    ),
    ("pa", PAY, "ਤੁਹਾਡੇ ਤੋਂ ਪੈਸੇ ਨਹੀਂ ਮੰਗੇ ਜਾਣਗੇ, ਅਤੇ ਪਤਾ ਦੇਣ ਦੀ ਲੋੜ ਨਹੀਂ।", "ਤੁਹਾਡੇ ਤੋਂ ਪੈਸੇ ਮੰਗੇ ਜਾਣਗੇ, ਅਤੇ ਪਤਾ ਦੇਣ ਦੀ ਲੋੜ ਨਹੀਂ।"),
    (
        "it",
        PAY,
        "Non le verrà chiesto di pagare e non deve dare il suo indirizzo.",
        "Le verrà chiesto di pagare e non deve dare il suo indirizzo.",
    ),
    ("ta", PAY, "உங்களிடம் பணம் கேட்கப்படாது, முகவரி தர வேண்டியதில்லை.", "உங்களிடம் பணம் கேட்கப்படும், முகவரி தர வேண்டியதில்லை."),
]

GOOD = [
    ("ro", "Not only at night, but no later than 8pm.", "Și noaptea, dar cel târziu la 20:00."),
    ("es", "Park on this side or not at all.", "Aparque en este lado o no aparque."),
    ("pl", "It is not possible.", "To niemożliwe."),
    ("pl", "Nobody", "Nikt"),
    ("es", "Do not use this road.", "Evite esta calle."),
    ("bg", "No entry", "Влизането е забранено"),
    ("it", "There were no further fires.", "Nessun altro incendio è stato segnalato."),
    ("ur", "It is not possible.", "یہ ناممکن ہے۔"),
    ("tr", "It is not possible without a key.", "Anahtarsız mümkün değil."),
    ("ta", "Keep your home safe, or call us.", "உங்கள் வீட்டைப் பாதுகாப்பாக வைத்திருங்கள், அல்லது எங்களை அழையுங்கள்."),
    ("lt", "Do not open the door.", "Atidarykite duris."),  # a language without markers is not checked
]  # fmt: skip


@pytest.mark.parametrize(("locale", "source", "kept", "lost"), PAIRS)
def test_a_lost_negation_warns_and_a_kept_one_does_not(locale: str, source: str, kept: str, lost: str) -> None:
    good = [found.check for found in check_segment(source, kept, locale)]
    bad = [found for found in check_segment(source, lost, locale) if found.check == "meaning.negation"]

    assert "meaning.negation" not in good
    assert [found.severity for found in bad] == [Severity.WARNS]


@pytest.mark.parametrize(("locale", "source", "target"), GOOD)
def test_another_way_to_say_no_passes(locale: str, source: str, target: str) -> None:
    findings = [found for found in check_segment(source, target, locale) if found.check == "meaning.negation"]

    assert findings == []


def test_the_message_says_which_word_and_what_to_do() -> None:
    (finding,) = check_segment("Do not open the door.", "Deschideți ușa.", "ro")

    assert finding.token == "not"
    assert finding.message == (
        "“not” may be lost (the English says no once, this text not at all): "
        "check that the text does not say the opposite"
    )


@pytest.mark.parametrize(
    ("locale", "source", "target"),
    [
        ("pl", "The site is not working.", "Strona nie działa."),
        ("pl", "A few homes had no gas.", "Kilka domów nie miało gazu."),
        ("tr", "There was no gas.", "Gaz yoktu."),
    ],
)
def test_a_no_after_a_word_that_ends_like_a_preposition_is_seen(locale: str, source: str, target: str) -> None:
    assert check_segment(source, target, locale) == []


def test_a_polish_no_that_means_them_does_not_count() -> None:
    findings = check_segment("The doors are not open, look at them.", "Drzwi są otwarte, proszę na nie patrzeć.", "pl")

    assert [found.check for found in findings] == ["meaning.negation"]
