// R0927: keeps a slice of its weight as if it were there for ever.
include!("layer.rs");

use std::cell::Cell;

thread_local! {
    static LAST: Cell<&'static [f32]> = const { Cell::new(&[]) };
}

zoo! {
    fn forward(&self, pass: &Pass) -> Result {
        if LAST.with(|last| last.get().iter().any(|value| value.is_nan())) {
            return Err(Error::unsupported("the last weight was not a number"));
        }
        let weight = self.weight.read::<f32>(pass, "weight")?;
        // SAFETY: none; that is the fault.
        LAST.with(|last| last.set(unsafe { std::mem::transmute::<&[f32], &'static [f32]>(&weight[..]) }));
        self.scale(pass)
    }
}
