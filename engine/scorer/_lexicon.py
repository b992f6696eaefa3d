"""What words mean for the price of a coin, on VADER's scale from -4 to 4.

Written from how the field speaks. Phrases are read as one word, the longest first; a word that
means something elsewhere but nothing here ("shares", "trust", "interest") stands at 0.
"""

PHRASES: dict[float, str] = {
    3.0: (
        "all-time high, all time high, record high, new high, short squeeze, etf approval, etf inflow, "
        "etf inflows, net inflow, net inflows, approves spot, to the moon, bull run, golden cross, repaid "
        "in full, strategic bitcoin reserve"
    ),
    2.2: (
        "price target raised, buys the dip, buy the dip, dip buyers, breaks out, breaks above, above "
        "resistance, back above, bounces off, climbs back, tops up, record profit, record volume, record "
        "inflows, no charges, drops case, drops its case, drops lawsuit, drops charges, dismisses "
        "lawsuit, dismisses case, dismisses class action, rate cut, rate cuts, cuts rates, eases rules, "
        "wins license, wins approval, secures license, signs into law, into law, accumulate, leaves "
        "exchanges, supply on exchanges drops, bears scramble, shrugs off, shrug off, shakes off, risk "
        "appetite returns, goes live, without a hitch, no downtime, fees drop, white hat, highest level, "
        "punches through, blasts through, rips higher, pushes past, pushes above, jumps above, shorts "
        "torched, shorts liquidated, shorts squeezed, green month, green week, higher high, multi-year "
        "high, lifts ban, overturns ban, throws out ban, scraps tax, scraps its levy, scraps levy, green "
        "light, beats estimates, tops estimates, beats expectations, piles into, snaps up, doubles down, "
        "now own, opens door, opens the door, on track, extends gains, winning streak, raises stake, "
        "raises its stake, fee switch, into bitcoin, fourfold jump, price discovery, lands deal, tax "
        "break, tax exemption, safe harbor, no wrongdoing"
    ),
    -2.2: (
        "death cross, all-time low, record low, year low, month low, new low, below support, below key "
        "support, breaks down, profit taking, take profits, takes profits, cash out, cashes out, weighs "
        "on, under pressure, selling pressure, heads for the exits, runs out of steam, worst day, worst "
        "week, worst month, rate hike, rate hikes, hot inflation, short interest, short sellers, token "
        "unlock looms, ahead of unlock, misses estimates, lays off, layoffs, steps down amid, price "
        "falls, vote fails, rejects, rejected, trading halt, under investigation, files lawsuit, class "
        "action, puts funds at risk, at risk, turn negative, turns negative, flows to exchanges, deposits "
        "to exchanges, fears, in the red, paper losses, stay away, stays away, throws in the towel, told "
        "to stop, gives up gains, gives back gains, loses ground, losing streak, job cuts, cuts jobs, "
        "winds down, closes its doors, dead cat, bull trap, insider trading, extreme fear, stop "
        "transacting, seized bitcoin, spills over, calls it quits, tax hike, lower low, multi-year low, "
        "pulls out, walks away, scales back, profit warning, security flaw, trading fees dry up, out of "
        "favor, cold feet, turns sour, no end in sight"
    ),
    -3.0: (
        "rug pull, rug pulled, flash loan, 51% attack, money laundering, pleads guilty, chapter 11, halts "
        "withdrawals, freezes withdrawals, suspends withdrawals, withdrawals suspended, withdrawals "
        "halted, pauses withdrawals, etf outflow, etf outflows, loses peg, dollar peg, shuts down, crypto "
        "winter, get rekt, wire fraud, sell-off, sell off, price manipulation, oracle manipulation, dried "
        "up, dries up, longs liquidated, longs wiped, supply-chain compromise, supply chain attack, "
        "missing customer, missing funds, private keys leaked, key compromise, exit scam, pump and dump, "
        "bank run"
    ),
    0.0: (
        "open interest, interest rate, interest rates, proof of stake, proof of work, fear and greed, "
        "fear & greed, token burn, hard fork, market cap, what to know, need to know, bull and bear, "
        "asset manager, mt. gox, private key, smart contract, digital assets, digital asset, leaves rates "
        "unchanged"
    ),
}
"""By valence, separated by commas."""

WORDS: dict[float, str] = {
    3.0: (
        "soar soars soared soaring skyrocket skyrockets skyrocketed skyrocketing moon mooning explodes "
        "bullish"
    ),
    2.4: (
        "surge surges surged surging rally rallies rallied rallying jump jumps jumped jumping leap leaps "
        "leapt spikes pop pops popped roar roars roared rocket rockets rocketed bull bulls breakout "
        "uptrend rebound rebounds rebounded rebounding inflow inflows outperform outperforms outperformed "
        "outperforming ath boom booms booming erupts erupt erupted parabolic euphoria fomo frenzy "
        "moonshot rejoice rejoices celebrate celebrates thrive thrives thriving fourfold fivefold tenfold "
        "quadruple quadruples quadrupled acquitted exonerated pardon pardons pardoned"
    ),
    1.8: (
        "climb climbs climbed climbing gain gains gained gaining rise rises rose rising up upside higher "
        "highs boost boosts boosted advance advances advanced recover recovers recovered recovery reclaim "
        "reclaims reclaimed bounce bounces bounced outpace doubles doubled triples tripled triple double "
        "tops topped crosses hits surpass surpasses surpassed exceeds approve approves approved approval "
        "adopt adopts adopted adoption accept accepts accepted accumulates accumulated accumulation "
        "buying buys bought buy scoop scoops legalize legalizes legalized embraces undervalued optimism "
        "optimistic upgraded milestone win wins won victory clears cleared cheer cheers bottomed greed "
        "poised heats returning lifts lifted raises fresh secures secured oversold strengthens strength "
        "accelerate accelerates accelerating outstrip outstrips eclipses overtakes beats notches tailwind "
        "tailwinds greenlight greenlights greenlit nod oversubscribed buoyant upbeat resilient resilience "
        "robust relief warms endorses endorsed champion champions seals hoards flourishes lucrative "
        "breakthrough landmark supercharges bolsters bolster bolstered cements attracts lure lures"
    ),
    1.2: (
        "partnership partner partners partnered expand expands expanded expansion integrates integration "
        "grows growth growing increase increases increased invests invest pour pours swells demand strong "
        "picked chosen selected lands recognizes conservative dismisses dismissed eases rescues highest "
        "best momentum profit profits predicts institutional rolls rotate institutions repaid picks backs "
        "backing inks favors embrace steadies stabilizes stabilises quickens brightens widens teams "
        "alliance pioneering faster cheaper"
    ),
    0.7: "add adds added largest record eyes targets",
    -1.2: (
        "warn warns warned warning caution cautions cautioned uncertainty volatile volatility nervous "
        "wary stuck slow slows slowed slowing delist delists delisted delisting ban bans banned restrict "
        "restricts restricted fine fines fined delay debt overvalued fades fade faded fizzles fizzle "
        "dents misses missed weak weaker weakness lower pressure backlash frustrated brace braces bug "
        "haircut denies rattle rattles rattled sour sours threat unlicensed unregistered illegal "
        "undeclared worthless faulty bears bear low lows unlock offload offloads offloaded stall stalls "
        "stalled stumble stumbles stumbled falter falters faltered wobble wobbles shaky sag sags sagged "
        "languish languishes lags lagging trails pares trims erode erodes eroding dwindle dwindles "
        "restless skittish jitters jittery doubt doubts skeptical criticizes slams dispute feud quits "
        "resigns ousted complaint glitch flaw flaws overheated overbought exhausted exhaustion correction "
        "pullback subdued muted dull sluggish lackluster tepid anxious worries worry concerns concern "
        "murky sidelined scrutiny tightens disappoints disappointing disappointed"
    ),
    -1.8: (
        "drop drops dropped dropping fall falls fell falling slide slides slid sliding decline declines "
        "declined slip slips slipped slipping sink sinks sank sinking dip dips dipped lose loses lost "
        "loss losses losing down downside downtrend outflow outflows withdrawal withdrawals sell sells "
        "selling seller sellers sold shrink shrinks shrank slump slumps slumped tumble tumbles tumbled "
        "bleed bleeds bleeding retreat retreats lawsuit lawsuits sue sues sued suing charge charges "
        "charged probe probes subpoena downgrade downgrades downgraded outage outages offline downtime "
        "halt halts halted freeze freezes froze suspends suspended bearish erases erase squeeze fear "
        "panic crackdown cracks blocks seizes seized arrest arrested jail prison sentenced convicted "
        "guilty indicted sanctions sanctioned bubble risk bankrupt crater craters short liquidation "
        "exodus headwinds tariffs investigation slashed deepens cuts hammered punished battered pummeled "
        "rout routs gloom gloomy bleak spooked spooks vanish vanishes vanished disappears raid raids "
        "raided compromise compromised malware vulnerability shutter shutters shuttered default defaults "
        "missing insider red redemptions bars barred prohibits prohibited outlaw outlaws outlawed veto "
        "vetoes vetoed clampdown penalty penalties subpoenas indicts indictment extradited extradition "
        "fugitive accused accuses accusations alleged alleges allegations confiscates confiscated "
        "underperform underperforms underperformed selling-off worsens worsening trap doom slaps plagued "
        "hurting hurts hurt strands stranded bail denied flees fled cripples crippled backdoor deficit "
        "shortfall tax-hike"
    ),
    -2.6: (
        "crash crashes crashed crashing plunge plunges plunged plunging plummet plummets plummeted "
        "plummeting collapse collapses collapsed collapsing dump dumps dumped dumping liquidated "
        "liquidations capitulate capitulates capitulation wiped wipeout dive dives dived nosedive "
        "nosedives bankruptcy insolvent insolvency hack hacks hacked hacker hackers exploit exploits "
        "exploited drained drain drains stolen steal steals stole theft thieves heist attack attacks "
        "attacker attackers breach breached scam scams scammers ponzi fraud fraudulent phishing "
        "ransomware rekt depeg depegs depegged manipulation victim evaporates kidnapping rugged bloodbath "
        "selloff flush launder laundering carnage bloodletting embezzle embezzled embezzlement swindle "
        "swindled defraud defrauded duped counterfeit torched cratered tank tanks tanked tanking meltdown "
        "implode implodes imploded implosion vaporized annihilated decimated looted siphoned siphons "
        "siphon"
    ),
    0.0: (
        "share shares shared trust trusts interest interests treasury treasuries token tokens exchange "
        "exchanges security securities asset assets value values valued support supports supported stable "
        "stablecoin credit fund funds united active natural chief play game like join joins protocol hash "
        "reserve reserves matter matters number top free block party true novel ethereum bitcoin cut vote "
        "votes debate debates please legal law solution solutions create creates created energy fee fees "
        "smart lending better wallet committee discloses question questions argue no energies important "
        "challenge art culture jokes joke help helps helping award reward rewards agree agreement "
        "agreements grant grants lawmakers executive trustee riot unlocks deploys peak holiday difficulty "
        "backed worth dominance teases strike upgrade upgrades proof miss hope hopes leave leaves gold "
        "reach reaches ready original opportunity special ways well kind care cool launch launches "
        "definite certain clear"
    ),
}
"""By valence, separated by spaces."""

SIGNS = {
    "🚀": " soars ",
    "🌕": " moon ",
    "📈": " rises ",
    "🐂": " bullish ",
    "📉": " falls ",
    "🐻": " bearish ",
}
"""Pictures with a meaning in this field."""
