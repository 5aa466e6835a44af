package dev.updraft.delta;

/** The map at the start of a patch: pieces in the order of their addresses. */
final class Table {
    private Table() {}

    static void write(Model model, AddressMap map, int base) {
        model.number(Model.GAP, map.size());
        long before = base & 0xFFFF_FFFFL;
        int shift = 0;
        for (int i = 0; i < map.size(); i++) {
            model.number(Model.GAP, (int) (map.start(i) - before));
            model.signed(Model.SHIFT, map.shift(i) - shift);
            before = map.start(i);
            shift = map.shift(i);
        }
    }

    static AddressMap read(Model model, int base, int most) throws PatchException {
        int size = model.number(Model.GAP, 0);
        if (size > most) {
            throw new PatchException("the patch has a table of " + size + " pieces, and its RAM class holds " + most
                    + ": it is damaged; get it again");
        }
        long[] starts = new long[size];
        int[] shifts = new int[size];
        long before = base & 0xFFFF_FFFFL;
        int shift = 0;
        for (int i = 0; i < size; i++) {
            before += model.number(Model.GAP, 0);
            shift += model.signed(Model.SHIFT, 0);
            if (before > 0xFFFF_FFFFL) {
                throw new PatchException(
                        "the patch's table goes beyond the address space: it is damaged; get it again");
            }
            starts[i] = before;
            shifts[i] = shift;
        }
        return new AddressMap(starts, shifts);
    }
}
