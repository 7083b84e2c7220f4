"""Times with words, noon, spoken hours, facts that changed places, idioms: good and bad, in many scripts."""

from __future__ import annotations

import pytest

from briefings.translation.checks import check_segment

PARTS_OF_DAY = [
    ("ro", None, "The road will be closed from 6am on Monday 23 November.", "Drumul va fi închis de la 6 dimineața luni, 23 noiembrie."),
    ("ro", "blocks", "The road will be closed from 6am on Monday 23 November.", "Drumul va fi închis de la 6 seara luni, 23 noiembrie."),
    ("ro", None, "The road will be closed from 6pm on Monday 23 November.", "Drumul va fi închis de la 6 seara luni, 23 noiembrie."),
    ("ro", "blocks", "The road will be closed from 6pm on Monday 23 November.", "Drumul va fi închis de la 6 dimineața luni, 23 noiembrie."),
    ("ro", None, "The road will be closed from 6am on Monday 23 November.", "Drumul va fi închis luni, 23 noiembrie, dimineața, de la ora 6."),
    ("ro", "blocks", "The road will be closed from 6am on Monday 23 November.", "Drumul va fi închis luni, 23 noiembrie, seara, de la ora 6."),
    ("ro", None, "The road will be closed from 6pm on Monday 23 November.", "Drumul va fi închis luni, 23 noiembrie, seara, de la ora 6."),
    ("ro", "blocks", "The road will be closed from 6pm on Monday 23 November.", "Drumul va fi închis luni, 23 noiembrie, dimineața, de la ora 6."),
    ("ur", None, "The road will be closed from 6am on Monday 23 November.", "سڑک پیر 23 نومبر کو صبح 6 بجے سے بند ہوگی۔"),
    ("ur", "blocks", "The road will be closed from 6am on Monday 23 November.", "سڑک پیر 23 نومبر کو شام 6 بجے سے بند ہوگی۔"),
    ("ur", None, "The road will be closed from 6pm on Monday 23 November.", "سڑک پیر 23 نومبر کو شام 6 بجے سے بند ہوگی۔"),
    ("ur", "blocks", "The road will be closed from 6pm on Monday 23 November.", "سڑک پیر 23 نومبر کو صبح 6 بجے سے بند ہوگی۔"),
    ("bg", None, "The road will be closed from 6am on Monday 23 November.", "Пътят ще бъде затворен от 6 сутринта в понеделник, 23 ноември."),
    ("bg", "blocks", "The road will be closed from 6am on Monday 23 November.", "Пътят ще бъде затворен от 6 вечерта в понеделник, 23 ноември."),
    ("bg", None, "The road will be closed from 6pm on Monday 23 November.", "Пътят ще бъде затворен от 6 вечерта в понеделник, 23 ноември."),
    ("bg", "blocks", "The road will be closed from 6pm on Monday 23 November.", "Пътят ще бъде затворен от 6 сутринта в понеделник, 23 ноември."),
    ("pl", None, "The road will be closed from 6am on Monday 23 November.", "Droga będzie zamknięta od 6 rano w poniedziałek 23 listopada."),
    ("pl", "blocks", "The road will be closed from 6am on Monday 23 November.", "Droga będzie zamknięta od 6 wieczorem w poniedziałek 23 listopada."),
    ("pl", None, "The road will be closed from 6pm on Monday 23 November.", "Droga będzie zamknięta od 6 wieczorem w poniedziałek 23 listopada."),
    ("pl", "blocks", "The road will be closed from 6pm on Monday 23 November.", "Droga będzie zamknięta od 6 rano w poniedziałek 23 listopada."),
    ('tr', None, 'The road will be closed from 6am on Monday 23 November.', "Yol 23 Kasım Pazartesi sabah 6'dan itibaren kapalı."),
    ('tr', 'blocks', 'The road will be closed from 6am on Monday 23 November.', "Yol 23 Kasım Pazartesi akşam 6'dan itibaren kapalı."),
    ('tr', None, 'The road will be closed from 6pm on Monday 23 November.', "Yol 23 Kasım Pazartesi akşam 6'dan itibaren kapalı."),
    ('tr', 'blocks', 'The road will be closed from 6pm on Monday 23 November.', "Yol 23 Kasım Pazartesi sabah 6'dan itibaren kapalı."),
    ("es", None, "The road will be closed from 6am on Monday 23 November.", "La calle estará cerrada desde las 6 de la mañana del lunes 23 de noviembre."),
    ("es", "blocks", "The road will be closed from 6am on Monday 23 November.", "La calle estará cerrada desde las 6 de la tarde del lunes 23 de noviembre."),
    ("es", None, "The road will be closed from 6pm on Monday 23 November.", "La calle estará cerrada desde las 6 de la tarde del lunes 23 de noviembre."),
    ("es", "blocks", "The road will be closed from 6pm on Monday 23 November.", "La calle estará cerrada desde las 6 de la mañana del lunes 23 de noviembre."),
    ("es", None, "The road will be closed from 6am on Monday 23 November.", "La calle estará cerrada el lunes 23 de noviembre por la mañana, desde las 6."),
    ("es", "blocks", "The road will be closed from 6am on Monday 23 November.", "La calle estará cerrada el lunes 23 de noviembre por la tarde, desde las 6."),
    ("es", None, "The road will be closed from 6pm on Monday 23 November.", "La calle estará cerrada el lunes 23 de noviembre por la tarde, desde las 6."),
    ("es", "blocks", "The road will be closed from 6pm on Monday 23 November.", "La calle estará cerrada el lunes 23 de noviembre por la mañana, desde las 6."),
    ("pt-PT", None, "The road will be closed from 6am on Monday 23 November.", "A rua fecha a partir das 6 da manhã de segunda-feira, 23 de novembro."),
    ("pt-PT", "blocks", "The road will be closed from 6am on Monday 23 November.", "A rua fecha a partir das 6 da tarde de segunda-feira, 23 de novembro."),
    ("pt-PT", None, "The road will be closed from 6pm on Monday 23 November.", "A rua fecha a partir das 6 da tarde de segunda-feira, 23 de novembro."),
    ("pt-PT", "blocks", "The road will be closed from 6pm on Monday 23 November.", "A rua fecha a partir das 6 da manhã de segunda-feira, 23 de novembro."),
    ("pa", None, "The road will be closed from 6am on Monday 23 November.", "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸਵੇਰੇ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("pa", "blocks", "The road will be closed from 6am on Monday 23 November.", "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸ਼ਾਮ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("pa", None, "The road will be closed from 6pm on Monday 23 November.", "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸ਼ਾਮ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("pa", "blocks", "The road will be closed from 6pm on Monday 23 November.", "ਸੜਕ ਸੋਮਵਾਰ 23 ਨਵੰਬਰ ਨੂੰ ਸਵੇਰੇ 6 ਵਜੇ ਤੋਂ ਬੰਦ ਰਹੇਗੀ।"),
    ("it", None, "The road will be closed from 6am on Monday 23 November.", "La strada sarà chiusa dalle 6 di mattina di lunedì 23 novembre."),
    ("it", "blocks", "The road will be closed from 6am on Monday 23 November.", "La strada sarà chiusa dalle 6 di sera di lunedì 23 novembre."),
    ("it", None, "The road will be closed from 6pm on Monday 23 November.", "La strada sarà chiusa dalle 6 di sera di lunedì 23 novembre."),
    ("it", "blocks", "The road will be closed from 6pm on Monday 23 November.", "La strada sarà chiusa dalle 6 di mattina di lunedì 23 novembre."),
    ("ta", None, "The road will be closed from 6am on Monday 23 November.", "நவம்பர் 23, திங்கட்கிழமை காலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ta", "blocks", "The road will be closed from 6am on Monday 23 November.", "நவம்பர் 23, திங்கட்கிழமை மாலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ta", None, "The road will be closed from 6pm on Monday 23 November.", "நவம்பர் 23, திங்கட்கிழமை மாலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ta", "blocks", "The road will be closed from 6pm on Monday 23 November.", "நவம்பர் 23, திங்கட்கிழமை காலை 6 மணி முதல் சாலை மூடப்படும்."),
    ("ar", None, "The road will be closed from 6am on Monday 23 November.", "سيغلق الطريق من الساعة 6 صباحا يوم الاثنين 23 نوفمبر."),
    ("ar", "blocks", "The road will be closed from 6am on Monday 23 November.", "سيغلق الطريق من الساعة 6 مساء يوم الاثنين 23 نوفمبر."),
    ("ar", None, "The road will be closed from 6pm on Monday 23 November.", "سيغلق الطريق من الساعة 6 مساء يوم الاثنين 23 نوفمبر."),
    ("ar", "blocks", "The road will be closed from 6pm on Monday 23 November.", "سيغلق الطريق من الساعة 6 صباحا يوم الاثنين 23 نوفمبر."),
    ("lt", None, "The road will be closed from 6am on Monday 23 November.", "Kelias bus uždarytas nuo 6 ryto pirmadienį, lapkričio 23 d."),
    ("lt", "blocks", "The road will be closed from 6am on Monday 23 November.", "Kelias bus uždarytas nuo 6 vakaro pirmadienį, lapkričio 23 d."),
    ("lt", None, "The road will be closed from 6pm on Monday 23 November.", "Kelias bus uždarytas nuo 6 vakaro pirmadienį, lapkričio 23 d."),
    ("lt", "blocks", "The road will be closed from 6pm on Monday 23 November.", "Kelias bus uždarytas nuo 6 ryto pirmadienį, lapkričio 23 d."),
]  # fmt: skip

NOON = [
    ("es", None, "The meeting is at noon on Friday.", "La reunión es al mediodía del viernes."),
    ("es", "blocks", "The meeting is at noon on Friday.", "La reunión es a medianoche del viernes."),
    ("es", None, "The meeting is at midnight on Friday.", "La reunión es a medianoche del viernes."),
    ("es", "blocks", "The meeting is at midnight on Friday.", "La reunión es al mediodía del viernes."),
    ("ro", None, "The meeting is at noon on Friday.", "Întâlnirea este vineri la amiază."),
    ("ro", "blocks", "The meeting is at noon on Friday.", "Întâlnirea este vineri la miezul nopții."),
    ("ro", None, "The meeting is at midnight on Friday.", "Întâlnirea este vineri la miezul nopții."),
    ("ro", "blocks", "The meeting is at midnight on Friday.", "Întâlnirea este vineri la amiază."),
    ("pl", None, "The meeting is at noon on Friday.", "Spotkanie jest w piątek w południe."),
    ("pl", "blocks", "The meeting is at noon on Friday.", "Spotkanie jest w piątek o północy."),
    ("pl", None, "The meeting is at midnight on Friday.", "Spotkanie jest w piątek o północy."),
    ("pl", "blocks", "The meeting is at midnight on Friday.", "Spotkanie jest w piątek w południe."),
    ("bg", None, "The meeting is at noon on Friday.", "Срещата е в петък на обяд."),
    ("bg", "blocks", "The meeting is at noon on Friday.", "Срещата е в петък в полунощ."),
    ("bg", None, "The meeting is at midnight on Friday.", "Срещата е в петък в полунощ."),
    ("bg", "blocks", "The meeting is at midnight on Friday.", "Срещата е в петък на обяд."),
    ("ur", None, "The meeting is at noon on Friday.", "ملاقات جمعہ کو دوپہر کو ہے۔"),
    ("ur", "blocks", "The meeting is at noon on Friday.", "ملاقات جمعہ کو آدھی رات کو ہے۔"),
    ("ur", None, "The meeting is at midnight on Friday.", "ملاقات جمعہ کو آدھی رات کو ہے۔"),
    ("ur", "blocks", "The meeting is at midnight on Friday.", "ملاقات جمعہ کو دوپہر کو ہے۔"),
    ("it", None, "The meeting is at noon on Friday.", "La riunione è venerdì a mezzogiorno."),
    ("it", "blocks", "The meeting is at noon on Friday.", "La riunione è venerdì a mezzanotte."),
    ("it", None, "The meeting is at midnight on Friday.", "La riunione è venerdì a mezzanotte."),
    ("it", "blocks", "The meeting is at midnight on Friday.", "La riunione è venerdì a mezzogiorno."),
    ("pt-PT", None, "The meeting is at noon on Friday.", "A reunião é na sexta-feira ao meio-dia."),
    ("pt-PT", "blocks", "The meeting is at noon on Friday.", "A reunião é na sexta-feira à meia-noite."),
    ("pt-PT", None, "The meeting is at midnight on Friday.", "A reunião é na sexta-feira à meia-noite."),
    ("pt-PT", "blocks", "The meeting is at midnight on Friday.", "A reunião é na sexta-feira ao meio-dia."),
    ("tr", None, "The meeting is at noon on Friday.", "Toplantı Cuma günü öğlen."),
    ("tr", "blocks", "The meeting is at noon on Friday.", "Toplantı Cuma günü gece yarısı."),
    ("tr", None, "The meeting is at midnight on Friday.", "Toplantı Cuma günü gece yarısı."),
    ("tr", "blocks", "The meeting is at midnight on Friday.", "Toplantı Cuma günü öğlen."),
    ("pa", None, "The meeting is at noon on Friday.", "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਦੁਪਹਿਰ ਵੇਲੇ ਹੈ।"),
    ("pa", "blocks", "The meeting is at noon on Friday.", "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਅੱਧੀ ਰਾਤ ਨੂੰ ਹੈ।"),
    ("pa", None, "The meeting is at midnight on Friday.", "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਅੱਧੀ ਰਾਤ ਨੂੰ ਹੈ।"),
    ("pa", "blocks", "The meeting is at midnight on Friday.", "ਮੀਟਿੰਗ ਸ਼ੁੱਕਰਵਾਰ ਨੂੰ ਦੁਪਹਿਰ ਵੇਲੇ ਹੈ।"),
    ("ta", None, "The meeting is at noon on Friday.", "கூட்டம் வெள்ளிக்கிழமை நண்பகலில்."),
    ("ta", "blocks", "The meeting is at noon on Friday.", "கூட்டம் வெள்ளிக்கிழமை நள்ளிரவில்."),
    ("ta", None, "The meeting is at midnight on Friday.", "கூட்டம் வெள்ளிக்கிழமை நள்ளிரவில்."),
    ("ta", "blocks", "The meeting is at midnight on Friday.", "கூட்டம் வெள்ளிக்கிழமை நண்பகலில்."),
    ("es", None, "The meeting is at noon on Friday.", "La reunión es el viernes a las 12:00."),
    ("es", None, "The meeting is at midnight on Friday.", "La reunión es el viernes a las 0:00."),
    ("es", "blocks", "The meeting is at midnight on Friday.", "La reunión es el viernes a las 12:00."),
    ("es", "warns", "The meeting is at noon on Friday.", "La reunión es el viernes."),
    ("es", None, "The meeting is at midnight on Friday.", "La reunión es el viernes a las 12 de la noche."),
    ("es", "blocks", "The meeting is at midnight on Friday.", "La reunión es el viernes a las 12."),
    ("es", None, "The meeting is at noon on Friday.", "La reunión es el viernes a las 12."),
    ("ur", None, "The meeting is at midnight on Friday.", "ملاقات جمعہ کو رات 12 بجے ہے۔"),
]  # fmt: skip

SPOKEN = [
    ("es", None, "We meet at 7 on Friday evening.", "Nos reunimos el viernes a las 19:00."),
    ("es", None, "We meet at 7 on Friday evening.", "Nos reunimos el viernes a las 7 de la tarde."),
    ("es", "blocks", "We meet at 7 on Friday evening.", "Nos reunimos el viernes a las 7 de la mañana."),
    ("es", "blocks", "We meet at 7 on Friday evening.", "Nos reunimos el viernes a las 7:00."),
    ("es", "blocks", "We meet at 7 on Friday evening.", "Nos reunimos el viernes a las 20:00."),
    ("es", None, "We meet at 7 on Friday evening.", "El viernes por la tarde nos reunimos a las 7."),
    ("es", "blocks", "We meet at 7 on Friday evening.", "Nos reunimos el viernes por la tarde."),
    ("es", None, "We meet at seven on Friday evening.", "Nos reunimos el viernes a las 19:00."),
    ("es", None, "We meet at seven on Friday evening.", "Nos reunimos el viernes a las siete de la tarde."),
    ("es", None, "We meet at seven on Friday evening.", "Nos reunimos el viernes a las 7 de la tarde."),
    ("es", "blocks", "We meet at seven on Friday evening.", "Nos reunimos el viernes a las 7 de la mañana."),
    ("es", "blocks", "We meet at seven on Friday evening.", "Nos reunimos el viernes a las 8 de la tarde."),
    ('es', None, "Call by 5 o'clock on Friday.", 'Llame el viernes antes de las 17:00.'),
    ('es', None, "Call by 5 o'clock on Friday.", 'Llame el viernes antes de las 5.'),
    ('es', 'blocks', "Call by 5 o'clock on Friday.", 'Llame el viernes antes de las 18:00.'),
    ('bg', None, "Call by 5 o'clock on Friday.", 'Обадете се до 17 часа в петък.'),
    ('ur', None, "Call by 5 o'clock on Friday.", 'جمعہ کو 17:00 تک فون کریں۔'),
    ('ta', None, "Call by 5 o'clock on Friday.", 'வெள்ளிக்கிழமை 17:00 மணிக்குள் அழையுங்கள்.'),
    ('ta', 'blocks', "Call by 5 o'clock on Friday.", 'வெள்ளிக்கிழமை 16:00 மணிக்குள் அழையுங்கள்.'),
    ('pl', None, "Call by 5 o'clock on Friday.", 'Proszę zadzwonić w piątek do 17.'),
    ('pl', 'blocks', "Call by 5 o'clock on Friday.", 'Proszę zadzwonić w piątek do 16.'),
    ("ro", None, "The meeting starts at half past six.", "Întâlnirea începe la 18:30."),
    ("ro", None, "The meeting starts at half past six.", "Întâlnirea începe la șase și jumătate."),
    ("ro", "blocks", "The meeting starts at half past six.", "Întâlnirea începe la 19:30."),
    ("es", None, "The meeting starts at half past six.", "La reunión empieza a las 6 y media."),
    ("pl", None, "The meeting starts at half past six.", "Spotkanie zaczyna się o 18.30."),
    ("pl", "blocks", "The meeting starts at half past six.", "Spotkanie zaczyna się o 19.30."),
    ("ur", None, "The meeting starts at half past six.", "ملاقات ساڑھے چھ بجے شروع ہوگی۔"),
    ("pa", None, "The meeting starts at half past six.", "ਮੀਟਿੰਗ ਸਾਢੇ ਛੇ ਵਜੇ ਸ਼ੁਰੂ ਹੋਵੇਗੀ।"),
    ("pa", "blocks", "The meeting starts at half past six.", "ਮੀਟਿੰਗ ਸਾਢੇ ਸੱਤ ਵਜੇ ਸ਼ੁਰੂ ਹੋਵੇਗੀ।"),
    ("bg", None, "The meeting starts at half past six.", "Срещата започва в 18:30 ч."),
    ("ro", None, "It was stolen at half past four on Tuesday afternoon.", "A fost furat marți la 16:30."),
    ("es", None, "It was stolen at half past four on Tuesday afternoon.", "Lo robaron el martes a las 4 y media de la tarde."),
    ("es", "blocks", "It was stolen at half past four on Tuesday afternoon.", "Lo robaron el martes a las 4:30."),
    ("es", "blocks", "It was stolen at half past four on Tuesday afternoon.", "Lo robaron el martes a las 4 de la tarde y media hora 5."),
    ('tr', None, 'It was stolen at half past four on Tuesday afternoon.', "Salı günü saat 16:30'da çalındı."),
    ("es", None, "It opens at a quarter to 7.", "Abre a las 6:45."),
    ("es", None, "It opens at a quarter to 7.", "Abre a las 7 menos cuarto."),
    ("es", None, "It opens at a quarter to 7.", "Abre a las 18:45."),
    ("es", "blocks", "It opens at a quarter to 7.", "Abre a las 7:15."),
    ("ur", None, "It opens at a quarter to 7.", "یہ پونے سات بجے کھلتا ہے۔"),
    ("es", None, "We meet at 6:30 on Friday evening.", "Nos reunimos el viernes a las 18:30."),
    ("es", "blocks", "We meet at 6:30 on Friday evening.", "Nos reunimos el viernes a las 19:30."),
    ("ro", None, "We meet at 6:30 on Friday evening.", "Ne întâlnim vineri seara la 6:30."),
    ("ro", None, "Patrols are between 4 and 7 on Fridays.", "Patrulele sunt între 16:00 și 19:00 vinerea."),
    ("pl", None, "From 3 to 7 November there are 5 patrols.", "Między 3 a 7 listopada jest 5 patroli."),
    ("pl", "blocks", "From 3 to 7 November there are 5 patrols.", "Między 3 a 8 listopada jest 5 patroli."),
    ("ro", None, "Meet us tonight at 8.", "Vino diseară la 20:00."),
]  # fmt: skip

ORDER = [
    ("ro", None, "Call 999 if someone is in danger. If nobody is in danger, call 101.", "Sunați la 999 dacă cineva este în pericol. Dacă nimeni nu este în pericol, sunați la 101."),
    ("ro", "blocks", "Call 999 if someone is in danger. If nobody is in danger, call 101.", "Sunați la 101 dacă cineva este în pericol. Dacă nimeni nu este în pericol, sunați la 999."),
    ("es", None, "Call 999 if someone is in danger. If nobody is in danger, call 101.", "Llame al 999 si alguien está en peligro. Si nadie está en peligro, llame al 101."),
    ("es", "blocks", "Call 999 if someone is in danger. If nobody is in danger, call 101.", "Llame al 101 si alguien está en peligro. Si nadie está en peligro, llame al 999."),
    ("ur", None, "Call 999 if someone is in danger. If nobody is in danger, call 101.", "اگر کوئی خطرے میں ہو تو 999 پر فون کریں۔ اگر کوئی خطرے میں نہ ہو تو 101 پر فون کریں۔"),
    ("ur", "blocks", "Call 999 if someone is in danger. If nobody is in danger, call 101.", "اگر کوئی خطرے میں ہو تو 101 پر فون کریں۔ اگر کوئی خطرے میں نہ ہو تو 999 پر فون کریں۔"),
    ("pl", None, "Call 999 if someone is in danger. If nobody is in danger, call 101.", "Zadzwoń pod 999, jeśli ktoś jest w niebezpieczeństwie. Jeśli nikt nie jest w niebezpieczeństwie, zadzwoń pod 101."),
    ("pl", "blocks", "Call 999 if someone is in danger. If nobody is in danger, call 101.", "Zadzwoń pod 101, jeśli ktoś jest w niebezpieczeństwie. Jeśli nikt nie jest w niebezpieczeństwie, zadzwoń pod 999."),
    ("ro", None, "See [the map](https://a.example.org/map) or [the form](https://a.example.org/form).", "Vezi [harta](https://a.example.org/map) sau [formularul](https://a.example.org/form)."),
    ("ro", "warns", "See [the map](https://a.example.org/map) or [the form](https://a.example.org/form).", "Vezi [harta](https://a.example.org/form) sau [formularul](https://a.example.org/map)."),
    ("es", None, "The park is closed from 6pm to 9am.", "El parque cierra de 18:00 a 9:00."),
    ("es", "blocks", "The park is closed from 6pm to 9am.", "El parque cierra de 9:00 a 18:00."),
    ("es", "blocks", "The park is closed from 6pm to 9am.", "El parque cierra de 9 de la mañana a 6 de la tarde."),
    ("ur", None, "The park is closed from 6pm to 9am.", "پارک شام 6 بجے سے صبح 9 بجے تک بند ہے۔"),
    ("ur", "blocks", "The park is closed from 6pm to 9am.", "پارک صبح 9 بجے سے شام 6 بجے تک بند ہے۔"),
    ("pl", "blocks", "The park is closed from 6pm to 9am.", "Park jest zamknięty w godz. 9:00–18:00."),
    ("ta", "blocks", "The park is closed from 6pm to 9am.", "பூங்கா 9:00 முதல் 18:00 வரை மூடப்பட்டிருக்கும்."),
    ("ta", None, "The park is closed from 6pm to 9am.", "பூங்கா 18:00 முதல் 9:00 வரை மூடப்பட்டிருக்கும்."),
    ("ro", None, "The park is closed from 6pm to 9am.", "Parcul este închis de la 18 la 9."),
    ("es", None, "The van is here from Monday 23 November to Friday 27 November.", "La furgoneta está aquí del lunes 23 de noviembre al viernes 27 de noviembre."),
    ("es", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "La furgoneta está aquí del lunes 27 de noviembre al viernes 23 de noviembre."),
    ("ur", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "گاڑی پیر 27 نومبر سے جمعہ 23 نومبر تک یہاں ہے۔"),
    ("ur", None, "The van is here from Monday 23 November to Friday 27 November.", "گاڑی پیر 23 نومبر سے جمعہ 27 نومبر تک یہاں ہے۔"),
    ("tr", None, "The van is here from Monday 23 November to Friday 27 November.", "Araç 23 Kasım Pazartesi gününden 27 Kasım Cuma gününe kadar burada."),
    ("tr", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "Araç 27 Kasım Pazartesi gününden 23 Kasım Cuma gününe kadar burada."),
    ("ta", None, "The van is here from Monday 23 November to Friday 27 November.", "நவம்பர் 23, திங்கட்கிழமை முதல் நவம்பர் 27, வெள்ளிக்கிழமை வரை."),
    ("ta", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "நவம்பர் 27, திங்கட்கிழமை முதல் நவம்பர் 23, வெள்ளிக்கிழமை வரை."),
    ("pl", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "Od poniedziałku 27 listopada do piątku 23 listopada."),
    ("pl", None, "The van is here from Monday 23 November to Friday 27 November.", "Od poniedziałku 23 do piątku 27 listopada."),
    ("bg", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "От понеделник, 27 ноември, до петък, 23 ноември."),
    ("pt-PT", "blocks", "The van is here from Monday 23 November to Friday 27 November.", "De segunda-feira, 27 de novembro, a sexta-feira, 23 de novembro."),
    ("pt-PT", None, "The van is here from Monday 23 November to Friday 27 November.", "De segunda-feira, 23 de novembro, a sexta-feira, 27 de novembro."),
    ("es", "blocks", "Closed from Monday 23 to Friday 27 November.", "Cerrado del lunes 27 al viernes 23 de noviembre."),
    ("ro", "warns", "Walk from Hoe Street to Forest Road.", "Mergeți de pe Forest Road pe Hoe Street."),
    ("pl", "warns", "Take the A104 and then the A112.", "Weź A112, a potem A104."),
]  # fmt: skip

IDIOMS = [
    ("ro", None, "The line is open 7 days a week.", "Linia este deschisă 7 zile din 7."),
    ("it", None, "The line is open 7 days a week.", "La linea è attiva 7 giorni su 7."),
    ("ur", None, "The line is open 7 days a week.", "لائن ہفتے کے ساتوں دن کھلی ہے۔"),
    ("es", None, "The line is open 7 days a week.", "La línea abre 7 días a la semana."),
    ("es", "blocks", "The line is open 7 days a week.", "La línea abre 6 días a la semana."),
    ("es", "warns", "The line is open 7 days a week.", "La línea abre."),
    ("bg", None, "Call the 24-hour line.", "Обадете се на денонощната линия."),
    ("pl", None, "Call the 24-hour line.", "Zadzwoń na całodobową linię."),
    ("tr", None, "Call the 24-hour line.", "7/24 açık hattı arayın."),
    ("pl", "blocks", "Call the 24-hour line.", "Zadzwoń na 12-godzinną linię."),
    ("pl", "warns", "Call the 24-hour line.", "Zadzwoń na linię."),
    ("ta", None, "Call the 24-hour line.", "24 மணி நேர தொலைபேசியை அழையுங்கள்."),
    ("tr", None, "Open 24 hours a day, 7 days a week.", "7/24 açıktır."),
    ("bg", None, "Open 24 hours a day, 7 days a week.", "Отворено денонощно, седем дни в седмицата."),
    ("ur", None, "It happened at 8.30pm.", "یہ رات ساڑھے آٹھ بجے ہوا۔"),
    ("ur", "blocks", "It happened at 8.30pm.", "یہ رات ساڑھے نو بجے ہوا۔"),
    ("ur", "blocks", "It happened at 8.30pm.", "یہ صبح ساڑھے آٹھ بجے ہوا۔"),
    ("pa", None, "It happened at 8.30pm.", "ਇਹ ਰਾਤ ਸਾਢੇ ਅੱਠ ਵਜੇ ਹੋਇਆ।"),
    ("pa", "blocks", "It happened at 8.30pm.", "ਇਹ ਰਾਤ ਸਵਾ ਅੱਠ ਵਜੇ ਹੋਇਆ।"),
    ("ur", None, "It happened at 8.30pm.", "یہ رات ساڑھے 8 بجے ہوا۔"),
    ("es", "warns", "You could win £500.", "Puede ganar 500 libras."),
    ("es", "blocks", "You could win £500.", "Puede ganar 500."),
    ("ur", "warns", "You could win £500.", "آپ 500 پاؤنڈ جیت سکتے ہیں۔"),
    ("es", "blocks", "You could win £500.", "Puede ganar 500 euros."),
    ("bg", "warns", "You could win £500.", "Може да спечелите 500 лири."),
    ("pl", "blocks", "You could win £500.", "Możesz wygrać 500 €."),
]  # fmt: skip


# What the length, the ending and the negation of a text say is tested elsewhere.
_OTHERS = {"text.length", "text.ending", "meaning.negation"}


def strongest(source: str, target: str, locale: str) -> str | None:
    severities = {str(found.severity) for found in check_segment(source, target, locale) if found.check not in _OTHERS}
    return min(severities, default=None)  # "blocks" comes before "warns"


@pytest.mark.parametrize(("locale", "severity", "source", "target"), PARTS_OF_DAY)
def test_an_hour_in_another_part_of_the_day_blocks(locale: str, severity: str | None, source: str, target: str) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), NOON)
def test_noon_that_became_midnight_blocks(locale: str, severity: str | None, source: str, target: str) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), SPOKEN)
def test_an_hour_as_people_say_it_may_be_written_in_24_hours(
    locale: str, severity: str | None, source: str, target: str
) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), ORDER)
def test_facts_that_changed_places_are_flagged(locale: str, severity: str | None, source: str, target: str) -> None:
    assert strongest(source, target, locale) == severity


@pytest.mark.parametrize(("locale", "severity", "source", "target"), IDIOMS)
def test_a_natural_idiom_passes_and_a_wrong_figure_does_not(
    locale: str, severity: str | None, source: str, target: str
) -> None:
    assert strongest(source, target, locale) == severity
