package dev.updraft.delta;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Where things moved, as what points at them tells: from many single observations the few pieces of a map that pay for themselves. */
final class Votes {
    private record Vote(long address, int shift, float weight) {}

    private final List<Vote> votes = new ArrayList<>();

    void add(int from, int to, float weight) {
        votes.add(new Vote(from & 0xFFFF_FFFFL, to - from, weight));
    }

    AddressMap map(int most) {
        votes.sort(java.util.Comparator.comparingLong(Vote::address));
        for (float piece = 26; ; piece *= 1.35f) {
            AddressMap map = map(piece);
            if (map.size() <= most) {
                return map;
            }
        }
    }

    /** The best way to believe a shift up to some vote: what it has cost, and the last vote that agreed; -1 when none did. */
    private record Way(float cost, int last) {}

    /** The cheapest way through all votes, each state a shift: Viterbi's algorithm. What disagrees costs the same everywhere, so only agreement is counted. */
    private AddressMap map(float piece) {
        int[] back = new int[votes.size()];
        Map<Integer, Way> ways = new HashMap<>();
        Way best = new Way(0, -1);
        ways.put(0, best);
        for (int i = 0; i < votes.size(); i++) {
            Vote vote = votes.get(i);
            Way stay = ways.get(vote.shift());
            Way before = stay != null && stay.cost() <= best.cost() + piece
                    ? stay
                    : new Way(best.cost() + piece, best.last());
            back[i] = before.last();
            Way now = new Way(before.cost() - vote.weight(), i);
            ways.put(vote.shift(), now);
            best = now.cost() < best.cost() ? now : best;
        }
        List<Vote> path = new ArrayList<>();
        for (int i = best.last(); i >= 0; i = back[i]) {
            path.add(votes.get(i));
        }
        List<Vote> pieces = new ArrayList<>();
        int shift = 0;
        for (Vote vote : path.reversed()) {
            if (vote.shift() != shift) {
                pieces.add(vote);
                shift = vote.shift();
            }
        }
        return new AddressMap(
                pieces.stream().mapToLong(Vote::address).toArray(),
                pieces.stream().mapToInt(Vote::shift).toArray());
    }
}
