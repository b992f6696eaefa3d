"""Turns of phrase whose words mean something else together: "outflows slow" is good news.

Each is a pattern in lower case, with the words that are read in its place. A pattern is compiled when it is
first used, since most of a start without news would be that.
"""

import re
from functools import cache

HARM = (
    r"(?:outflows?|redemptions?|liquidations?|loss(?:es)?|hacks?|thefts?|scams?|exploits?|frauds?|lawsuits?|inflation"
    r"|delinquencies|defaults|selling(?:\spressure)?|sell-?offs?|fears?(?!\s(?:gauge|index|and|&))|panic|volatility|short\sinterest|shorts"
    r"|bankruptcies|layoffs|withdrawals|fees|fines|penalties|tariffs|unlocks|complaints|risks?|rug\spulls?|phishing"
    r"|delistings?|yields|(?:the\s)?dollar(?!\speg)|discount|(?:crypto\s)?winter|hurdles|barriers|concerns|worries|tensions|jitters|exchange\s(?:reserves|balances|supply|inflows|deposits)|supply\son\sexchanges)"
)
BOON = (
    r"(?:inflows?|demand|volumes?|activity|profits?|revenues?|earnings|adoption|hash\s?rate|liquidity|appetite"
    r"|interest|momentum|optimism|sentiment|confidence|support|premium|tvl|hopes|users|sales|market\scap)"
)
RISES = (
    r"(?:soar|surg|jump|climb|ris|rose|grow|grew|increas|spik|mount|accelerat|doubl|tripl|swell|widen|deepen"
    r"|intensif|escalat|hit|top|exceed|linger|persist|balloon|explod|rocket|strengthen|reach|picks?\sup|pil(?:e|es|ing)\sup)"
    r"(?:e?s|e?d|ing|ies|ied|e|ped|ting)?\b"
)
FALLS = (
    r"(?:slow|thaw|eas|fall|fell|drop|declin|shrink|shrank|subsid|cool|fad|abat|reced|dr(?:y|ies|ied)\sup|slump|plung"
    r"|plummet|tumbl|dip|narrow|thin|evaporat|wan|slid|sink|sank|collaps|vanish|dwindl|weaken|soften|stall|crater)"
    r"(?:e?s|e?d|ing|e|ped|ping|ned)?\b"
)
LEGAL = (
    r"(?:bans?|charges|lawsuits?|suit|case|probe|investigations?|inquiry|sanctions|restrictions?|curbs|suspension"
    r"|moratorium|complaint|appeal|penalty|fine|levy|tax|indictment|subpoena|enforcement\saction|freeze|limits?|cap)\b"
)
TROUBLE = (
    r"(?:hack|attack|exploit|bankruptcy|insolvency|collapse|crash|heist|theft|liquidation|delisting|default|ban"
    r"|scam|shutdown|charges|fraud|prison|jail|recession|losses|sell-?off|depeg|downturn|slump|rout)\b"
)
DOWNTURN = (
    r"(?:loss(?:es)?|losing\sstreak|slides?|declines?|slump|sell-?off|rout|downtrend|bear\smarket|outflow\sstreak"
    r"|outflows|bleeding|correction|drawdown|fall|drop|dip|plunge)\b"
)
UPTURN = (
    r"(?:gains?|rally|advance|rebound|recovery|winning\sstreak|uptrend|inflow\sstreak|bull\srun|climb"
    r"|momentum)\b"
)
BETTER = r"(?:rebound|recover|bounc|ris|rose|climb|jump|rall[iy]|soar|surg|inflow|gain|return|revers|back)\w*"
SERVICE = (
    r"(?:transfers|withdrawals?|deposits?|trading|redemptions|services?|operations|minting|payments|payouts|transactions"
    r"|block\sproduction)\b"
)
ABOUT = r"\s(?:(?:in|on|at|for|from|of|by)\s(?:(?!an?\s|the\s)[\w'-]+\s){1,3}?|(?!of\s|an?\s)\w+\s)?"
"""An owner, or one more word."""
FEW = r"\s(?:[\w$%.,&'-]+\s){0,3}?"
"""Up to three words in between."""

TURNS = (
    (r"\b\w+-(?=(?:day|week|month|year|hour)\s(?:lows?|highs?)\b)", ""),
    (rf"\b(?:record|largest|biggest|highest|longest|strongest)\s(?=(?:[\w-]+\s){{0,3}}?{HARM}\b)", ""),
    (rf"\b({HARM}){ABOUT}{RISES}", r"\1 worsening"),
    (rf"\b{HARM}{ABOUT}{FALLS}(?:\sto\s(?:[\w-]+\s){{0,3}}?lows?\b)?", "improving"),
    (rf"\b{BOON}{ABOUT}{FALLS}", "weakening"),
    (
        rf"\b(?:lift|end|scrap|drop|dismiss|overturn|repeal|remove|withdraw|toss|throw|close|abandon|settle|ease|relax)"
        rf"(?:e?s|d|ed|ped|ping|ing|ning)?(?:\sout)?{FEW}{LEGAL}",
        "relief",
    ),
    (
        rf"\b(?:erase|pare|trim|recoup|recover|reverse|claw|snap|end|halt|stop|break|stem|shake)"
        rf"(?:s|d|ed|med|ped|ping|ing)?(?:\sback|\soff)?{FEW}{DOWNTURN}",
        "improving",
    ),
    (
        rf"\b(?:erase|pare|trim|give|gave|cap|reverse|lose|lost|wipe|snap|end|halt|stall|kill|derail|surrender)"
        rf"(?:s|d|ed|med|ped|ping|ing)?(?:\sback|\sup|\sout)?{FEW}{UPTURN}",
        "weakening",
    ),
    (
        rf"\b(?:avoid|avert|dodge|escape|survive|sidestep|prevent|thwart|foil|recover\w*\sfrom|rebound\w*\sfrom"
        rf"|bounc\w+\sback\sfrom|shrug\w*\soff|shak\w+\soff)(?:s|d|ed|ing)?{FEW}{TROUBLE}",
        "improving",
    ),
    (rf"\b({BETTER}\b.{{0,40}}?)\b(?:after|from|following){FEW}(?:{DOWNTURN}|lows?\b)", r"\1"),
    (
        rf"\b(?:paus|halt|suspend|freez|stop|block|restrict|disabl|limit|curb)(?:e?s|e?d|ing|ped|ping|e)?{FEW}{SERVICE}",
        "outage",
    ),
    (rf"\b(?:resum|restor|reopen|unfreez|restart)(?:e?s|e?d|ing|e)?{FEW}{SERVICE}", "relief"),
    (
        r"\b(?:reject|den[iy]|refus|block)\w*\s.{0,40}?\b(?:dismiss|toss|drop|throw)\w*(?:\s(?!and)\w+){0,2}",
        "rejects",
    ),
    (r"\brefus\w*\sto\s(?:sell|part|let\sgo|budge)\b", "accumulates"),
    (r"\b(?:stop|halt|end|quit)\w*\s(?:buying|accumulating|purchas\w+|accepting|supporting)\b", "weakening"),
    (rf"\bextend(?:s|ed|ing)?{FEW}{DOWNTURN}", "worsening"),
    (
        rf"\b{LEGAL}\s(?:[\w-]+\s){{0,4}}?(?:thrown\sout|dismissed|dropped|tossed|lifted|scrapped|overturned|withdrawn)\b",
        "relief",
    ),
    (
        r"\b(?:hacked|drained|exploited|bankrupt|defunct|collapsed|attacked|breached)\b"
        r"(?=.{0,60}\b(?:refund|repa[iy]|reimburs|recover|return|resum|reopen|restor|compensat|gets?\b.{0,40}\bback\b))",
        "",
    ),
    (r"\bgets?\s(?:\w+\s){0,4}?(?:coins|funds|money|bitcoin|assets|crypto)\sback\b", "recovers"),
    (r"\b(?:tak|accept|offer)\w*\s(?:\w+\s)?payments?\sin\b", "adopts"),
    (rf"\b(?:disclos|reveal)\w*{FEW}(?:stake|position|holdings?|purchases?)\b", "buys"),
    (r"\b(?:money|capital|investors|users|liquidity|traders|clients)\s(?:leav|fle|left|exit)\w*", "exodus"),
    (r"\b(?:adds?|added|draws?|drew|(?:pull|tak|rak)e?s?\sin)\s(?=[$\u20ac\u00a3]\d)", "attracts "),
    (r"\b(?:hit|hitting|reach|reaching|touch|run\sto|climb\sto|rise\sto)\s(?=[$\u20ac\u00a3]\d)", "upside "),
    (r"\b(?:hits?|reach\w*|touch\w*|tests?|sets?)\s(?=(?:[\w-]+\s){0,3}?lows?\b)", ""),
    (
        r"\b(?:recover|return|retriev)\w*\s.{0,40}?\bstolen(?:\s.{0,30}?\b(?:hack|exploit|attack|heist|theft)\b)?",
        "recovers",
    ),
    (
        r"\b(?:cut|slash|lower|reduc|halv)(?:e?s|ed|ing|ting)?\s(?:[\w-]+\s){0,2}?(?:fees?|costs?|tax(?:es)?|rates|supply)\b",
        "relief",
    ),
    (r"\b(?:to|will|must)\spay\s(?=[$\u20ac\u00a3]\d)", "penalty "),
    (rf"\b(?:den(?:y|ies|ied)|refut\w+|rebut\w*|brush\w*\soff){FEW}{TROUBLE}", ""),
    (r"\b(?:declines?|declined)\sto\s(?:comment|say|hear|review|discuss)\b", ""),
    (r"\b(fails?|failed|failing|struggles?|struggled|struggling|refuses?|refused|unable)\sto\b", r"\1 not"),
    (r"\b(?:above|past)\s(?=\$?\d)", "upside "),
    (r"\bbelow\s(?=\$?\d)", "downside "),
    (r"\brais(?:es|ed)\s(?=[$\u20ac\u00a3]\d)", "attracts "),
    (r"(?<!\S)[-\u2212](?=\d+(?:\.\d+)?%)", "falls "),
    (r"(?<!\S)\+(?=\d+(?:\.\d+)?%)", "rises "),
)


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern of a turn, ready for use."""
    return re.compile(pattern)
