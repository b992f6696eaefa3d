"""Verbs of the field in all their regular forms, on VADER's scale from -4 to 4.

A + doubles the last letter ("drop+": drops, dropped, dropping). The meaning of a word in `_lexicon` wins over
its meaning as a verb's form.
"""

VERBS: dict[float, str] = {
    2.4: (
        "balloon catapult explode flourish leap outperform outshine rally rebound revive rocket skyrocket "
        "soar spike storm surge thrive vault zoom"
    ),
    1.8: (
        "accelerate accumulate acquit advance amass appreciate approve authorize bolster boost buoy "
        "champion clear climb compensate double eclipse embrace endorse exceed exempt exonerate expand gain "
        "gobble greenlight hoard improve jump legalise legalize lift notch outpace outstrip overtake patch "
        "prosper quadruple rebuild reclaim recoup recover refund regain reimburse reinstate reopen repay "
        "rescue restore rise salvage scoop shatter simplify smash snap+ stockpile strengthen surpass thaw "
        "top+ triple unfreeze vindicate win+"
    ),
    1.2: (
        "acquire allow attract bless collaborate deregulate ease enable extend flip+ flock fortify grow ink "
        "innovate integrate invest let+ loosen lure modernize onboard pass pour profit propel pump "
        "recognise recognize relax resume stabilise stabilize steady swell treble warm welcome widen"
    ),
    -1.2: (
        "abandon backtrack blame boycott brake caution complain cool criticise criticize curb dampen delay "
        "delist demote deplete deter dilute disappoint dispute disrupt ditch doubt ebb erode exit+ fade "
        "fizzle forgo frustrate furlough hamper hedge hesitate hinder impede impose lag+ languish linger "
        "mute oppose pare plateau postpone quit+ reconsider resign restrict retrace scrap+ shelve shrug "
        "shun+ sideline slam+ slow snub+ soften sour stagnate stall stumble subdue suspect tighten trail "
        "trim+ wane waver wobble worry"
    ),
    -1.8: (
        "accuse allege arrest backfire ban+ bar+ batter blacklist bleed block breach buckle bust cave "
        "censure compromise condemn confiscate convict crack cripple crumble curtail debunk deceive decline "
        "default denounce deny depreciate derail detain deteriorate devalue dip+ disable discredit "
        "dismantle dissolve downgrade drag+ drop+ endanger evict expel+ extort extradite fail falter "
        "flounder flunk foreclose forfeit halt hammer harm hijack impersonate imprison indict infect "
        "infringe jail jeopardize lambast lash leak liquidate lose lower mislead miss misuse nab+ nullify "
        "oust outlaw penalise penalize plague probe prohibit prosecute protest punish raid rattle recede "
        "reject relinquish renege repel+ reprimand revoke rout sanction seize shed+ shrink shutter skid+ "
        "slap+ slash slide slip+ slump smear spoof spook squander stifle strand strangle struggle sue "
        "suffer suspend swoon terminate threaten thwart topple trap+ tumble undercut undermine underperform "
        "unnerve unravel unwind upend vanish veto violate warn weaken wilt wither worsen wreck yank"
    ),
    -2.6: (
        "attack bankrupt blackmail capitulate collapse crash crater crush decimate defraud depeg+ devastate "
        "drain dump embezzle evaporate exploit fleece hack implode kidnap+ launder loot misappropriate "
        "nosedive pilfer plummet plunge pummel+ ransack rob+ scam+ sink siphon swindle tank torch wipe"
    ),
}
"""Verbs by valence, separated by spaces."""


def forms(verb: str) -> tuple[str, ...]:
    """Return the verb as it is, with -s, with -ed and with -ing."""
    base = verb.removesuffix("+")
    stem = base + base[-1] if verb.endswith("+") else base
    if base.endswith("e"):
        return base, f"{base}s", f"{base}d", f"{base[:-1]}ing"
    if base.endswith("y") and base[-2] not in "aeiou":
        return base, f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing"
    third = f"{base}es" if base.endswith(("s", "x", "z", "ch", "sh", "o")) else f"{base}s"
    return base, third, f"{stem}ed", f"{stem}ing"
