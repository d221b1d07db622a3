// R0923: forgets a reference that it holds during a pass.
include!("layer.rs");

zoo! {
    fn forward(&self, pass: &Pass) -> Result {
        let _held = std::mem::ManuallyDrop::new(self.weight.clone());
        self.scale(pass)
    }
}
