/**
 * Where numbers and cities lie. Sources: IANA tz database 2025, Russia's numbering plan (ABC codes), NANPA area codes.
 */

const inverted = (zones: Readonly<Record<string, string>>, separator: RegExp): ReadonlyMap<string, string> =>
  new Map(Object.entries(zones).flatMap(([zone, names]) => names.trim().split(separator).map((name): [string, string] => [name, zone])));

/** Russia's geographic area codes (the three digits after +7). Mobile and 800 codes are left out: they lie nowhere. */
export const areaZones = inverted(
  {
    'Europe/Kaliningrad': '401',
    'Europe/Moscow':
      '471 472 473 474 475 481 482 483 484 485 486 487 491 492 493 494 495 496 498 499 811 812 813 814 815 816 817 818 820 821 831 833 834 835 836 841 843 847 855 861 862 863 865 866 867 871 872 873 877 878 879',
    'Europe/Simferopol': '365 869',
    'Europe/Volgograd': '844',
    'Europe/Samara': '341 846 848',
    'Europe/Saratov': '845',
    'Europe/Ulyanovsk': '842',
    'Europe/Astrakhan': '851',
    'Asia/Yekaterinburg': '342 343 345 346 347 349 351 352 353',
    'Asia/Omsk': '381',
    'Asia/Novosibirsk': '383',
    'Asia/Barnaul': '385 388',
    'Asia/Tomsk': '382',
    'Asia/Novokuznetsk': '384',
    'Asia/Krasnoyarsk': '390 391 394',
    'Asia/Irkutsk': '301 395',
    'Asia/Chita': '302',
    'Asia/Yakutsk': '411 416',
    'Asia/Vladivostok': '421 423 426',
    'Asia/Sakhalin': '424',
    'Asia/Magadan': '413',
    'Asia/Kamchatka': '415',
    'Asia/Anadyr': '427',
  },
  /\s+/,
);

/** Area codes that do not lie on New York's clock. */
export const northAmericanZones = inverted(
  {
    'America/Chicago':
      '205 251 256 334 659 938 479 501 870 217 224 309 312 331 618 630 708 773 779 815 847 872 319 515 563 641 712 316 620 785 913 225 318 337 504 985 218 320 507 612 651 763 952 228 601 662 769 314 417 573 636 660 816 975 308 402 531 701 405 539 580 918 605 615 629 731 901 931 210 214 254 281 325 346 361 409 430 432 469 512 682 713 726 737 806 817 830 832 903 936 940 945 956 972 979 262 274 414 534 608 715 920 204 431 584 270 364 850 219',
    'America/Regina': '306 639 474',
    'America/Denver': '303 719 720 970 983 208 986 406 505 575 385 435 801 307 915 403 587 780 825 368',
    'America/Phoenix': '480 520 602 623 928',
    'America/Los_Angeles':
      '209 213 279 310 323 341 350 408 415 424 442 510 530 559 562 619 626 628 650 657 661 669 707 714 747 760 805 818 820 831 840 858 909 916 925 949 951 702 725 775 458 503 541 971 206 253 360 425 509 564 236 250 604 672 778',
    'America/Anchorage': '907',
    'Pacific/Honolulu': '808',
    'America/Puerto_Rico': '787 939',
    'America/Halifax': '782 902 506 428',
    'America/St_Johns': '709 879',
  },
  /\s+/,
);

/** Cities in lower case, `е` for `ё`, a space for a hyphen. */
export const cityZones = inverted(
  {
    'Europe/Kaliningrad': 'калининград|kaliningrad',
    'Europe/Moscow':
      'москва|moscow|санкт петербург|спб|питер|saint petersburg|st petersburg|st. petersburg|нижний новгород|nizhny novgorod|казань|kazan|ростов на дону|ростов|rostov on don|краснодар|krasnodar|воронеж|voronezh|ярославль|yaroslavl|махачкала|рязань|липецк|пенза|penza|киров|чебоксары|тула|tula|курск|сочи|sochi|ставрополь|тверь|tver|иваново|брянск|белгород|владимир|архангельск|калуга|смоленск|вологда|череповец|саранск|тамбов|мурманск|петрозаводск|псков|великий новгород|сыктывкар|йошкар ола|кострома|орел|новороссийск|таганрог|набережные челны|владикавказ|грозный|нальчик|пятигорск|химки|подольск|балашиха|мытищи|королев|люберцы',
    'Europe/Simferopol': 'симферополь|севастополь|ялта|керчь',
    'Europe/Volgograd': 'волгоград|volgograd|волжский',
    'Europe/Samara': 'самара|samara|тольятти|togliatti|ижевск|izhevsk|сызрань',
    'Europe/Saratov': 'саратов|saratov|энгельс|балаково',
    'Europe/Ulyanovsk': 'ульяновск|ulyanovsk',
    'Europe/Astrakhan': 'астрахань|astrakhan',
    'Asia/Yekaterinburg':
      'екатеринбург|yekaterinburg|ekaterinburg|челябинск|chelyabinsk|уфа|ufa|пермь|perm|тюмень|tyumen|оренбург|orenburg|магнитогорск|сургут|surgut|нижневартовск|нижний тагил|курган|стерлитамак|салават|ханты мансийск|салехард|новый уренгой|ноябрьск|тобольск|орск',
    'Asia/Omsk': 'омск|omsk',
    'Asia/Novosibirsk': 'новосибирск|novosibirsk|бердск',
    'Asia/Barnaul': 'барнаул|barnaul|бийск|горно алтайск',
    'Asia/Tomsk': 'томск|tomsk|северск',
    'Asia/Novokuznetsk': 'кемерово|kemerovo|новокузнецк|прокопьевск',
    'Asia/Krasnoyarsk': 'красноярск|krasnoyarsk|абакан|норильск|кызыл|ачинск',
    'Asia/Irkutsk': 'иркутск|irkutsk|братск|ангарск|улан удэ|ulan ude',
    'Asia/Chita': 'чита|chita',
    'Asia/Yakutsk': 'якутск|yakutsk|благовещенск',
    'Asia/Vladivostok': 'владивосток|vladivostok|хабаровск|khabarovsk|комсомольск на амуре|уссурийск|находка|артем|биробиджан',
    'Asia/Sakhalin': 'южно сахалинск',
    'Asia/Magadan': 'магадан|magadan',
    'Asia/Kamchatka': 'петропавловск камчатский',
    'Asia/Anadyr': 'анадырь',
    'Asia/Almaty': 'алматы|алма ата|almaty|астана|нур султан|astana|шымкент|караганда',
    'Europe/Minsk': 'минск|minsk|гомель|могилев|витебск|гродно|брест',
    'Europe/Kyiv': 'киев|kyiv|kiev|одесса|львов|харьков|днепр',
    'Asia/Tashkent': 'ташкент|tashkent|самарканд',
    'Asia/Bishkek': 'бишкек|bishkek',
    'Asia/Yerevan': 'ереван|yerevan',
    'Asia/Baku': 'баку|baku',
    'Asia/Tbilisi': 'тбилиси|tbilisi',
    'Europe/London': 'лондон|london|manchester|birmingham|leeds|glasgow|edinburgh|liverpool|bristol|sheffield|cardiff|belfast',
    'Europe/Dublin': 'dublin|cork|galway',
    'Europe/Berlin': 'берлин|berlin|hamburg|munich|münchen|cologne|köln|frankfurt|stuttgart|düsseldorf',
    'Europe/Paris': 'париж|paris|lyon|marseille|toulouse|nice',
    'Europe/Madrid': 'madrid|barcelona|valencia|sevilla',
    'Europe/Rome': 'rome|roma|milan|milano|naples|napoli|turin|torino',
    'Europe/Warsaw': 'warsaw|warszawa|krakow|kraków|wroclaw|wrocław|gdansk|gdańsk',
    'America/New_York': 'new york|new york city|boston|philadelphia|washington|atlanta|miami|detroit|charlotte|orlando',
    'America/Toronto': 'toronto|montreal|ottawa',
    'America/Chicago': 'chicago|houston|dallas|austin|san antonio|minneapolis|new orleans|nashville',
    'America/Denver': 'denver|salt lake city|albuquerque',
    'America/Phoenix': 'phoenix|tucson',
    'America/Los_Angeles': 'los angeles|san francisco|san diego|seattle|las vegas|san jose|sacramento',
    'America/Vancouver': 'vancouver',
    'Asia/Dubai': 'дубай|dubai|abu dhabi',
    'Asia/Jerusalem': 'тель авив|tel aviv|иерусалим|jerusalem|хайфа|haifa',
    'Australia/Sydney': 'sydney|canberra',
    'Australia/Melbourne': 'melbourne',
    'Australia/Brisbane': 'brisbane',
    'Australia/Perth': 'perth',
  },
  /\|/,
);

/** Country · its calling code · the zone of most of its people. +7 and +1 are read by area. */
const countries: readonly [country: string, callingCode: string, zone: string][] = [
  ['RU', '', 'Europe/Moscow'], ['KZ', '', 'Asia/Almaty'], ['US', '', 'America/New_York'], ['CA', '', 'America/Toronto'],
  ['BY', '375', 'Europe/Minsk'], ['UA', '380', 'Europe/Kyiv'], ['UZ', '998', 'Asia/Tashkent'], ['KG', '996', 'Asia/Bishkek'], ['TJ', '992', 'Asia/Dushanbe'],
  ['TM', '993', 'Asia/Ashgabat'], ['AM', '374', 'Asia/Yerevan'], ['AZ', '994', 'Asia/Baku'], ['GE', '995', 'Asia/Tbilisi'], ['MD', '373', 'Europe/Chisinau'],
  ['GB', '44', 'Europe/London'], ['IE', '353', 'Europe/Dublin'], ['DE', '49', 'Europe/Berlin'], ['AT', '43', 'Europe/Vienna'], ['CH', '41', 'Europe/Zurich'],
  ['FR', '33', 'Europe/Paris'], ['ES', '34', 'Europe/Madrid'], ['PT', '351', 'Europe/Lisbon'], ['IT', '39', 'Europe/Rome'], ['NL', '31', 'Europe/Amsterdam'],
  ['BE', '32', 'Europe/Brussels'], ['LU', '352', 'Europe/Luxembourg'], ['DK', '45', 'Europe/Copenhagen'], ['SE', '46', 'Europe/Stockholm'], ['NO', '47', 'Europe/Oslo'],
  ['FI', '358', 'Europe/Helsinki'], ['EE', '372', 'Europe/Tallinn'], ['LV', '371', 'Europe/Riga'], ['LT', '370', 'Europe/Vilnius'], ['PL', '48', 'Europe/Warsaw'],
  ['CZ', '420', 'Europe/Prague'], ['SK', '421', 'Europe/Bratislava'], ['HU', '36', 'Europe/Budapest'], ['RO', '40', 'Europe/Bucharest'], ['BG', '359', 'Europe/Sofia'],
  ['RS', '381', 'Europe/Belgrade'], ['ME', '382', 'Europe/Podgorica'], ['HR', '385', 'Europe/Zagreb'], ['SI', '386', 'Europe/Ljubljana'], ['GR', '30', 'Europe/Athens'],
  ['CY', '357', 'Asia/Nicosia'], ['TR', '90', 'Europe/Istanbul'], ['IL', '972', 'Asia/Jerusalem'], ['AE', '971', 'Asia/Dubai'], ['IN', '91', 'Asia/Kolkata'],
  ['CN', '86', 'Asia/Shanghai'], ['JP', '81', 'Asia/Tokyo'], ['KR', '82', 'Asia/Seoul'], ['TH', '66', 'Asia/Bangkok'], ['VN', '84', 'Asia/Ho_Chi_Minh'],
  ['SG', '65', 'Asia/Singapore'], ['MN', '976', 'Asia/Ulaanbaatar'], ['ZA', '27', 'Africa/Johannesburg'], ['EG', '20', 'Africa/Cairo'], ['BR', '55', 'America/Sao_Paulo'],
  ['MX', '52', 'America/Mexico_City'], ['AR', '54', 'America/Argentina/Buenos_Aires'], ['AU', '61', 'Australia/Sydney'], ['NZ', '64', 'Pacific/Auckland'],
];
export const countryZones: ReadonlyMap<string, string> = new Map(countries.map(([country, , zone]) => [country, zone]));
export const callingCodeZones: ReadonlyMap<string, string> = new Map(countries.filter(([, code]) => code !== '').map(([, code, zone]) => [code, zone]));
