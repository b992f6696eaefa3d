"""The meaning of words for a coin's price, on VADER's scale from -4 to 4.

The table is written from the language of the field. A word with a general meaning and none here ("shares",
"trust", "interest") has 0.
"""

WORDS: dict[float, str] = {
    3.0: (
        "bullish deflationary explodes moon mooning skyrocket skyrocketed skyrocketing skyrockets soar "
        "soared soaring soars supercycle"
    ),
    2.4: (
        "acquitted ath backstop blistering bonanza boom booming booms breakout breakouts bull bullishness "
        "bulls buyback buybacks celebrate celebrates comeback erupt erupted erupts euphoria euphoric "
        "exonerated explosive fivefold fomo fourfold frenzy inflow inflows jump jumped jumping jumps leap "
        "leaps leapt moonshot moonshots outperform outperformed outperforming outperforms parabola "
        "parabolic pardon pardoned pardons pop popped pops quadruple quadrupled quadruples rallied rallies "
        "rally rallying rebound rebounded rebounding rebounds rejoice rejoices renaissance resurgence "
        "revival rip ripped ripping rips roar roared roars rocket rocketed rockets spectacular spikes "
        "stellar surge surged surges surging tenfold thrive thrives thriving uncapped unstoppable upswing "
        "uptick uptrend upturn windfall"
    ),
    1.8: (
        "accelerate accelerates accelerating accept acceptance accepted accepts acclaim accumulated "
        "accumulates accumulation adopt adopted adoption adopts advance advanced advances approval "
        "approvals approve approved approves attracts bargain bargains beats blockbuster bolster bolstered "
        "bolsters bonus boost boosted boosts bottomed bought bounce bounced bounces breakthrough buoyant "
        "buy buyers buying buys cements champion champions cheer cheers cleared clears climb climbed "
        "climbing climbs confidence confident constructive crosses dominant double doubled doubles dovish "
        "easing eclipses embraces endorsed endorsement endorses enthusiasm enthusiastic exceeds favorable "
        "favored favourable favoured flourishes fresh gain gained gaining gains greed greenlight "
        "greenlights greenlit healed heals healthy heats higher highs hits hoards hot improvement "
        "improvements landmark legalisation legalization legalize legalized legalizes lifted lifts "
        "lucrative lure lures milestone milestones nod notches optimism optimistic optimists outpace "
        "outpaced outperformance outstrip outstrips oversold oversubscribed overtakes overwhelming permits "
        "permitted poised positive promising raises reclaim reclaimed reclaims record-breaking "
        "record-setting recover recovered recoveries recovers recovery refund refunds reimbursement "
        "reinstated relief reprieve resilience resilient resumption returning rise rises rising risk-on "
        "robust rose safer scoop scoops seals secured secures solid stimulus strength strengthens stronger "
        "strongest succeeds success successful supercharges supportive surpass surpassed surpasses surplus "
        "tailwind tailwinds thawing topped tops trailblazing triple tripled triples unanimous underpriced "
        "undervalued unfrozen unharmed unscathed up upbeat upgraded upside uptake vibrant victories victory "
        "warms wealth win winners winning wins won"
    ),
    1.2: (
        "alliance alliances appetite backer backers backing backs best brightens calm cheaper chosen "
        "clarity collaborates collaborating collaboration conservative crypto-friendly cushions deal deals "
        "demand dismissed dismisses dividend earned eases efficient embrace expand expanded expands "
        "expansion faster favors friendlier friendly grew growing grows growth highest historic income "
        "increase increased increases inks institutional institutional-grade institutions insured "
        "integrates integration integrations interoperability invest investment investments invests lands "
        "mainstream momentum onboards outpacing partnered partners partnership partnerships picked picks "
        "pioneer pioneering pioneers popular popularity pour pours predicts pro-crypto productive profit "
        "profitable profits progress prosperity quickens recognizes reliable repaid rescues revenue "
        "revenues scales seamless secure selected smoother stabilises stabilizes stakes steadies strong "
        "sustainable swells trusted widens willing"
    ),
    0.7: ("add added adds eyes largest record targets"),
    -1.2: (
        "adverse anxiety anxious apathy backlash backlog ban banned bans bear bearishness bears blunder "
        "bottleneck brace braces bug caps caution cautioned cautions choppiness choppy complacency "
        "complaint complaints concern concerns conflict congested congestion cons contentious controversial "
        "controversy correction costly criticizes debt delay delayed delist delisted delisting delists "
        "denies dents departs departure departures dilution disagreement disappointed disappointing "
        "disappoints discontent dispute disputed disputes distraction doubt doubts drawdown dull dwindle "
        "dwindles erode erodes eroding exhausted exhaustion expensive fade faded fades falter faltered "
        "falters faulty feud fine fined fines fizzle fizzles flaw flaws flight friction frothy frustrated "
        "glitch glitches haircut halting hardship hawkish headwind hesitant hurdle hurdles idle idled "
        "illegal impasse inactive infighting inflated inflation jitters jittery lackluster lagging lags "
        "languish languishes lapse lapses limbo low lower lows lull mishap missed misses misstep missteps "
        "murky muted negative nervous obstacle obstacles offload offloaded offloads ousted overbought "
        "overdue overhang overheated oversupply overvalued pains pares pessimism pessimistic postponed "
        "pressure pullback quits rattle rattled rattles resignation resigns resistance restless restrict "
        "restricted restriction restrictions restrictive restricts rift risk-averse risk-off risks risky "
        "roadblock rocky rumor rumors rumour rumours sag sagged sags scare scrapped scrutiny setback "
        "setbacks shaky shelved sidelined skeptical skittish slams slow slowed slowing slows sluggish snag "
        "snags soft softer sour sours stall stalled stalls strain strained stress stressed struggling stuck "
        "stumble stumbled stumbles subdued tension tensions tepid threat tightens tired tough tougher "
        "trails trims trouble troubled troubles tumult turbulence turbulent uncertain uncertainty unclear "
        "undeclared unease uneasy unlicensed unlock unpaid unpopular unprofitable unregistered unrest "
        "unsold unstable volatile volatility vulnerabilities vulnerable wane warn warned warning warns wary "
        "weak weakening weaker weakness wobble wobbles woes worries worry worthless wrangling"
    ),
    -1.8: (
        "abuse accusations accused accuses allegations alleged alleges antitrust arrest arrested arrests "
        "backdoor bail bankrupt bankruptcies barred bars battered bearish beleaguered black-swan blackout "
        "bleak bleed bleeding bleeds blocks bloody blow bogus botched botnet bribe bribery bubble burned "
        "casualties chaos chaotic charge charged charges clampdown clampdowns coerced compromise "
        "compromised confiscated confiscates conspiracy contagion contraction convicted conviction corrupt "
        "corruption crackdown cracks crater craters crime crimes criminal criminals crippled cripples "
        "crises crisis crushing curbs cuts damage damages damning danger dangerous darkest deadlock decline "
        "declined declines deepens default defaults defeat defeated deficit defunct delinquent delistings "
        "denial denied dip dipped dips dire disappears disaster disastrous discount disgraced distress "
        "distressed doom down downfall downgrade downgraded downgrades downside downswing downtime "
        "downtrend downturn dread drop drop-off dropped dropping drops embattled enforcement erase erased "
        "erases exodus exploitable extradited extradition failed failure failures fake fall falling fallout "
        "falls fear fell fiasco fled flees forfeiture fraudster fraudsters fraught freeze freezes freezing "
        "froze fugitive fugitives gloom gloomy grief grim guilty halt halted halts hammered headwinds "
        "hostile hurt hurting hurts illicit imprisonment indicted indictment indicts infected infringement "
        "injunction insider insolvencies investigation irregularities jail jailed lawsuit lawsuits "
        "liability liable liquidation lose losers loses losing loss losses lost lowest malicious malware "
        "manipulated manipulating manipulative mess misappropriation misconduct misleading missing "
        "moratorium negligence negligent notorious offline outage outages outflow outflows outlaw outlawed "
        "outlaws outrage overleveraged pain painful panic penalties penalty perjury plagued plea plight "
        "prison probe probes prohibited prohibition prohibits prosecution prosecutors pummeled punished "
        "punishing raid raided raids ransom recall recession recessionary red redemptions refusal rejection "
        "rejections reprimanded restated retreat retreats revoked risk rogue rout routs rupture sanctioned "
        "sanctions sank scandal scandals scathing seized seizes sell seller sellers selling selling-off "
        "sells sentenced severe shady short shortfall shrank shrink shrinks shutdown shutdowns shutter "
        "shuttered shutters sink sinking sinks slaps slashed slid slide slides sliding slip slipped "
        "slipping slips slowdown sluggishness slump slumped slumps smuggling snare sold spiral spiraling "
        "spiralling spirals spooked spooks squeeze stagflation stagnant stagnation stranded strands "
        "subpoena subpoenas sue sued sues suffering suffers suicide suing suspended suspends suspension "
        "suspensions tariff tariffs tax-hike terror terrorism toxic trap trojan tumble tumbled tumbles "
        "turmoil unauthorized unbacked undercollateralized underperform underperformed underperforms "
        "underwater unraveling unsafe unwinding vanish vanished vanishes veto vetoed vetoes victims "
        "violation violations violence vulnerability war wars weakest withdrawal withdrawals worsening "
        "worsens wreckage write-down write-downs write-off write-offs writedown writedowns wrongdoing "
        "wrongful"
    ),
    -2.6: (
        "annihilated armageddon attack attacker attackers attacks backdoored bankruptcy blackmailed "
        "bloodbath bloodletting breach breached capitulate capitulates capitulating capitulation carnage "
        "catastrophe catastrophic collapse collapsed collapses collapsing counterfeit crash crashed crashes "
        "crashing cratered cryptojacking cyberattack cyberattacks cybercriminals decimated defraud "
        "defrauded depeg depegged depegs devastating dive dived dives drain drained drainer drainers drains "
        "dump dumped dumping dumps duped embezzle embezzled embezzlement embezzler evaporates exploit "
        "exploited exploiter exploiters exploits extortion flush fraud fraudulent fraudulently freefall "
        "hack hacked hacker hackers hacking hacks heist heists hijacked honeypot implode imploded implodes "
        "implosion infostealer insolvency insolvent keylogger kidnapped kidnappers kidnapping launder "
        "laundered laundering liquidated liquidations looted looting malwares manipulation meltdown "
        "meltdowns money-laundering nightmare nosedive nosedives phishing pilfered plummet plummeted "
        "plummeting plummets plundered plunge plunged plunges plunging ponzi pyramid ransomware ransomwares "
        "rekt rug-pull rugged rugpull rugpulls scam scammed scammer scammers scamming scams selloff siphon "
        "siphoned siphons slaughter spyware steal stealer stealers stealing steals stole stolen swindle "
        "swindled tailspin tank tanked tanking tanks theft thief thieves torched torture vaporized victim "
        "wiped wipeout wipeouts"
    ),
    0.0: (
        "active agree agreement agreements argue art asset assets award backed better bitcoin block care "
        "certain challenge chief clear committee cool create created creates credit culture cut debate "
        "debates definite delays deploys difficulty discloses dominance energies energy ethereum exchange "
        "exchanges executive fee fees free fund funds game gold grant grants hash help helping helps "
        "holiday hope hopes important interest interests join joins joke jokes kind launch launches law "
        "lawmakers leave leaves legal lending like matter matters miss natural no novel number opportunity "
        "original party peak play please proof protocol question questions reach reaches ready reserve "
        "reserves reward rewards riot securities security share shared shares smart solution solutions "
        "special stable stablecoin steady strike support supported supports teases token tokens top "
        "treasuries treasury true trust trustee trusts united unlocks upgrade upgrades value valued values "
        "vote votes wallet ways well worth"
    ),
}
"""Words by valence, separated by spaces."""

SIGNS = {
    "🚀": " soars ",
    "🌕": " moon ",
    "📈": " rises ",
    "🐂": " bullish ",
    "📉": " falls ",
    "🐻": " bearish ",
}
"""Emojis with a meaning in this field."""
