class Classifier(link.Chain):
    def __init__(self, predictor,
                 lossfun=softmax_cross_entropy.softmax_cross_entropy,
                 accfun=accuracy.accuracy):
        super(Classifier, self).__init__(predictor=predictor)  # added
        self.lossfun = lossfun  # added
        self.accfun = accfun  # added
        self.compute_accuracy = True  # added

    def __call__(self, *args):
        x, t = args[:-1], args[-1]  # added
        self.y = self.predictor(*x)
        self.loss = self.lossfun(self.y, t)
        reporter.report({'loss': self.loss}, self)
        if self.compute_accuracy:
            self.accuracy = self.accfun(self.y, t)
            reporter.report({'accuracy': self.accuracy}, self)
        return self.loss
