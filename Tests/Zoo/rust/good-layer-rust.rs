// none: a control.
include!("layer.rs");

zoo! {
    fn forward(&self, pass: &Pass) -> Result {
        self.scale(pass)
    }
}
